import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, ttl ms, then member and connection of each. Returns the places, from 0, of those that do not stand so. */
export const prolong = script(
  common,
  `
local ttl, others = tonumber(ARGV[2]), {}
for at = 3, #ARGV, 2 do
  local r = kept(ARGV[at])
  if r and r.x > now and r.connection == ARGV[at + 1] then keep(ARGV[at], r, ttl)
  else others[#others + 1] = (at - 3) / 2 end
end
return others
`,
);
