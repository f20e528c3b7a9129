import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns the presences of the group, and drops those past their time. */
export const list = script(
  common,
  `
local all, found = redis.call('HGETALL', K), {}
for at = 1, #all, 2 do
  local r = record(all[at + 1])
  if r.x > now then found[#found + 1] = reply(all[at], r)
  else redis.call('HDEL', K, all[at]) end
end
return found
`,
);
