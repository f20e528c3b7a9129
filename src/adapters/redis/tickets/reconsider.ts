import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, id, an id for the match, how many to look past at most.
 * Returns nil unless it met somebody, else {match id, earlier, later, made at}.
 */
export const reconsider = script(
  common,
  `
local own = waiting(ARGV[2])
if not own then return nil end
local mine, all = {}, redis.call('HGETALL', ticketKey(own.id))
for at = 1, #all, 2 do
  if string.sub(all[at], 1, 1) == 'x' then mine[string.sub(all[at], 2)] = tonumber(all[at + 1]) end
end
local partner = findPartner(own.id, own.d, own.k, mine, tonumber(ARGV[4]))
if not partner then return nil end
stepOut(own)
stepOut(partner)
if own.a < partner.a then return joinUp(ARGV[3], own, partner) end
return joinUp(ARGV[3], partner, own)
`,
);
