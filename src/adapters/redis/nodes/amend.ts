import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/** KEYS: leases, values. ARGV: now, id, from, to. Returns 1 if the dead node's value was `from`, else 0. */
export const amend = script(
  withNow,
  `
local ends = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not ends or tonumber(ends) > now then return 0 end
if (redis.call('HGET', KEYS[2], ARGV[2]) or '') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
return 1
`,
);
