import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns leases that came idle without their owner's word, as they are now; at most 200 a call. */
export const freed = script(
  common,
  `
local leases = {}
for _, id in ipairs(redis.call('SPOP', P .. ':freed', 200)) do
  local r = current(id)
  if r then leases[#leases + 1] = reply(r) end
end
return leases
`,
);
