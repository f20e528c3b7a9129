import { withNow } from "../clock.ts";

/**
 * What every lease script begins with.
 *
 *   KEYS[1]  the pool's prefix, hash-tagged; every other key is built from it and lies in the same slot
 *   ARGV[1]  now in ms, or 0 for Redis' own clock, which all nodes share
 *
 * Keys of a pool:
 *   :lease:<id>   hash  g group, a alias, v value, s state, h hold, x expires, n epoch, u held until, m revision
 *   :live         zset  id by expiry, all leases
 *   :free         set   ids of the idle ones, to draw from;  :free:<group>  the same of one group
 *   :away         zset  id by expiry, all that are busy: a set cannot tell how many of the idle ones have expired
 *   :idle         zset  id by expiry, idle ones, and :idle:<group>, of nodes before 0.2, which know nothing of :free: what they
 *                 list is drawn from as well, and taken out of both; empty once there are none of them any more
 *   :held         zset  id by the end of its allocation;  :timed  id by the end of its timed busy
 *   :alias:<a>    string, the id
 *   :kept:<id>    string, epoch and end of an allocation whose lease has expired before it; gone with that end
 *   :freed        set   ids of those that came idle without their owner's word, for whoever shows that
 *   :revision     the newest revision, also of an epoch
 *   :lapsed       how many allocations have lapsed
 *   :store        see store-epoch.ts
 */
export const common = `
local P = KEYS[1]
${withNow}

local function record(id)
  local r = redis.call('HMGET', P .. ':lease:' .. id, 'g', 'a', 'v', 's', 'h', 'x', 'n', 'u', 'm')
  if not r[1] then return nil end
  return { id = id, g = r[1], a = r[2], v = r[3], s = r[4], h = r[5], x = tonumber(r[6]), n = tonumber(r[7]),
    u = tonumber(r[8]), m = tonumber(r[9]) }
end

-- The first of as many new ones. Never falls behind the clock, so that it goes on growing when Redis has lost it.
local function revisions(count)
  local m = math.max((tonumber(redis.call('GET', P .. ':revision')) or 0) + 1, now * 1000)
  redis.call('SET', P .. ':revision', string.format('%.0f', m + count - 1))
  return m
end

local function revise() return revisions(1) end

local function save(r)
  r.m = revise()
  redis.call('HSET', P .. ':lease:' .. r.id, 'g', r.g, 'a', r.a, 'v', r.v, 's', r.s, 'h', r.h,
    'x', string.format('%.0f', r.x), 'n', string.format('%.0f', r.n), 'u', string.format('%.0f', r.u),
    'm', string.format('%.0f', r.m))
end

-- Nodes before 0.2 draw from their own lists.
local function unlist(id, group)
  redis.call('ZREM', P .. ':idle', id)
  redis.call('ZREM', P .. ':idle:' .. group, id)
end

local function index(r)
  unlist(r.id, r.g)
  if r.s == 'idle' then
    redis.call('SADD', P .. ':free', r.id)
    redis.call('SADD', P .. ':free:' .. r.g, r.id)
  else
    redis.call('SREM', P .. ':free', r.id)
    redis.call('SREM', P .. ':free:' .. r.g, r.id)
  end
  if r.s == 'busy' then redis.call('ZADD', P .. ':away', r.x, r.id)
  else redis.call('ZREM', P .. ':away', r.id) end
  if r.s == 'allocated' then redis.call('ZADD', P .. ':held', r.u, r.id)
  else redis.call('ZREM', P .. ':held', r.id) end
  if r.h == 'timed' then redis.call('ZADD', P .. ':timed', r.u, r.id)
  else redis.call('ZREM', P .. ':timed', r.id) end
end

local function forget(r)
  redis.call('ZREM', P .. ':live', r.id)
  unlist(r.id, r.g)
  redis.call('SREM', P .. ':free', r.id)
  redis.call('SREM', P .. ':free:' .. r.g, r.id)
  redis.call('ZREM', P .. ':away', r.id)
  redis.call('ZREM', P .. ':held', r.id)
  redis.call('ZREM', P .. ':timed', r.id)
  if redis.call('GET', P .. ':alias:' .. r.a) == r.id then redis.call('DEL', P .. ':alias:' .. r.a) end
  redis.call('DEL', P .. ':lease:' .. r.id)
end

-- As forget; but an allocation goes on until its own end.
local function expire(r)
  if r.s == 'allocated' and r.u > now then
    redis.call('SET', P .. ':kept:' .. r.id, string.format('%.0f %.0f', r.n, r.u), 'PX', string.format('%.0f', r.u - now))
  end
  forget(r)
end

-- Epoch and end of the allocation that goes on without a lease.
local function outlived(id)
  local kept = redis.call('GET', P .. ':kept:' .. id)
  if not kept then return nil end
  local epoch, ends = string.match(kept, '(%d+) (%d+)')
  if tonumber(ends) <= now then return nil end
  return tonumber(epoch), tonumber(ends)
end

local function drop(id) redis.call('DEL', P .. ':kept:' .. id) end

-- A new lease goes on with the allocation that has outlived the one before. False if none has.
local function takeUp(r)
  local epoch, ends = outlived(r.id)
  if not epoch then return false end
  drop(r.id)
  r.s, r.h, r.n, r.u = 'allocated', '', epoch, ends
  return true
end

-- The lease as it is now: gone if it expired, idle again if its allocation lapsed.
local function current(id)
  local r = record(id)
  if not r then return nil end
  if r.x <= now then
    expire(r)
    return nil
  end
  if (r.s == 'allocated' or r.h == 'timed') and r.u <= now then
    if r.s == 'allocated' then redis.call('INCR', P .. ':lapsed') end
    r.s, r.h = 'idle', ''
    save(r)
    index(r)
    redis.call('SADD', P .. ':freed', id)
  end
  return r
end

-- Moves on what became due, a bounded bite at a time, so that no call pays for all of a great dying.
local function settle(bite)
  local gone = 0
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. ':live', '-inf', now, 'LIMIT', 0, bite)) do
    local r = record(id)
    if r then expire(r) else redis.call('ZREM', P .. ':live', id) end
    gone = gone + 1
  end
  for _, list in ipairs({ P .. ':held', P .. ':timed' }) do
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', list, '-inf', now, 'LIMIT', 0, bite)) do
      if not current(id) then redis.call('ZREM', list, id) end
    end
  end
  return gone
end

local function reply(r)
  return { r.id, r.g, r.a, r.v, r.s, r.h, string.format('%.0f', r.x), string.format('%.0f', r.n),
    string.format('%.0f', r.m) }
end
`;
