import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/** KEYS: leases, values. ARGV: now, id, value, ttl ms. Returns 1 if the node had a live lease, else 0. */
export const beat = script(
  withNow,
  `
local ends = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or '0')
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[4]), ARGV[2])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return ends > now and 1 or 0
`,
);
