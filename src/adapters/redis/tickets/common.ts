import { withNow } from "../clock.ts";

/**
 * What every ticket script begins with.
 *
 *   KEYS[1]  the queue's prefix, hash-tagged; every other key is built from it and lies in the same slot
 *   ARGV[1]  now in ms, or 0 for Redis' own clock, which all nodes share
 *
 * Keys of a queue:
 *   :ticket:<id>    hash of a ticket that waits: t the ticket as JSON, e entry, n node, d side, k seeks, a arrival, and
 *                   for each id it avoids x<id>, until when in ms; of one that is matched: m the match
 *   :line:<l>:<d>:<k>  zset, ids by arrival: who stands on side d (of l bytes) and seeks k
 *   :match:<id>     hash, e and l ids, te and tl tickets as JSON, ne and nl nodes, i when it was made
 *   :node:<node>    hash, entry by id: the tickets of a node, waiting or matched
 *   :waiting        hash, how many wait by side
 *   :matches        how many live matches there are
 *   :arrival        the newest arrival
 */
export const common = `
local P = KEYS[1]
${withNow}

local function ticketKey(id) return P .. ':ticket:' .. id end
local function matchKey(id) return P .. ':match:' .. id end
local function nodeKey(node) return P .. ':node:' .. node end
-- The length keeps apart names that look alike when put together.
local function lineKey(side, seeks) return P .. ':line:' .. #side .. ':' .. side .. ':' .. seeks end
local function number(n) return string.format('%.0f', n) end

-- The ticket if it waits, and the match it is in otherwise.
local function waiting(id)
  local r = redis.call('HMGET', ticketKey(id), 't', 'e', 'n', 'd', 'k', 'a', 'm')
  if not r[1] then return nil, r[7] end
  return { id = id, t = r[1], e = r[2], n = r[3], d = r[4], k = r[5], a = tonumber(r[6]) }
end

local function count(side, by)
  local size = redis.call('HINCRBY', P .. ':waiting', side, by)
  if size <= 0 then redis.call('HDEL', P .. ':waiting', side) end
  return size
end

local function stepOut(r)
  redis.call('ZREM', lineKey(r.d, r.k), r.id)
  redis.call('DEL', ticketKey(r.id))
  redis.call('HDEL', nodeKey(r.n), r.id)
  count(r.d, -1)
end

local function avoids(id, other) return (tonumber(redis.call('HGET', ticketKey(id), 'x' .. other)) or 0) > now end

-- Whoever seeks this side stands in one line, so only avoided ones are looked past, most of them at most.
-- mine: whom the ticket avoids, until when.
local function findPartner(id, side, seeks, mine, most)
  local line, passed, from = lineKey(seeks, side), 0, 0
  while true do
    local ids = redis.call('ZRANGE', line, from, from + 15)
    if #ids == 0 then return nil end
    for _, other in ipairs(ids) do
      if other ~= id then
        if (mine[other] or 0) <= now and not avoids(other, id) then return waiting(other) end
        passed = passed + 1
        if passed >= most then return nil end
      end
    end
    from = from + #ids
  end
end

local function matched(id)
  local r = redis.call('HMGET', matchKey(id), 'te', 'tl', 'i', 'e', 'l', 'ne', 'nl')
  if not r[1] then return nil end
  return { reply = { id, r[1], r[2], r[3] }, e = r[4], l = r[5], ne = r[6], nl = r[7] }
end

local function joinUp(id, earlier, later)
  redis.call('HSET', matchKey(id), 'te', earlier.t, 'tl', later.t, 'i', number(now),
    'e', earlier.id, 'l', later.id, 'ne', earlier.n, 'nl', later.n)
  for _, r in ipairs({ earlier, later }) do
    redis.call('HSET', ticketKey(r.id), 'm', id)
    redis.call('HSET', nodeKey(r.n), r.id, r.e)
  end
  redis.call('INCR', P .. ':matches')
  return matched(id).reply
end
`;
