import { script } from "../script.ts";

/** KEYS[1]: the name. ARGV: value, ttl ms. */
export const leave = script(`
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
`);
