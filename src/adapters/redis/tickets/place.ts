import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, id, entry, node, side, seeks, the ticket as JSON, an id for the match, how many to look past at most; then
 * for each ticket to avoid its id and for how many ms.
 * Returns nil if the id is in a live match, its position if it waits, else {match id, earlier, later, made at}.
 */
export const place = script(
  common,
  `
local id, side, seeks = ARGV[2], ARGV[5], ARGV[6]
local before, match = waiting(id)
if match then return nil end
if before then stepOut(before) end

local own = { id = id, e = ARGV[3], n = ARGV[4], d = side, k = seeks, t = ARGV[7] }
local mine, fields = {}, { 't', own.t, 'e', own.e, 'n', own.n, 'd', side, 'k', seeks }
for at = 10, #ARGV, 2 do
  mine[ARGV[at]] = now + tonumber(ARGV[at + 1])
  fields[#fields + 1] = 'x' .. ARGV[at]
  fields[#fields + 1] = number(mine[ARGV[at]])
end

local partner = findPartner(id, side, seeks, mine, tonumber(ARGV[9]))
if partner then
  stepOut(partner)
  return joinUp(ARGV[8], partner, own)
end

local arrival = number(redis.call('INCR', P .. ':arrival'))
redis.call('HSET', ticketKey(id), 'a', arrival, unpack(fields))
redis.call('ZADD', lineKey(side, seeks), arrival, id)
redis.call('HSET', nodeKey(own.n), id, own.e)
return count(side, 1)
`,
);
