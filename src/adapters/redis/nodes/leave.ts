import { script } from "../script.ts";

/** KEYS: leases, values. ARGV: id. */
export const leave = script(`
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])
`);
