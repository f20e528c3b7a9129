import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/** KEYS: leases, values. ARGV: now. Returns {id, value, id, value, …}. */
export const dead = script(
  withNow,
  `
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', KEYS[2], id) or ''
end
return found
`,
);
