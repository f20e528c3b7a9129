import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/** KEYS: leases, values. ARGV: now, id. Returns 1 if the node was dead and not forgotten yet, else 0. */
export const forget = script(
  withNow,
  `
local ends = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not ends or tonumber(ends) > now then return 0 end
redis.call('HDEL', KEYS[2], ARGV[2])
return redis.call('ZREM', KEYS[1], ARGV[2])
`,
);
