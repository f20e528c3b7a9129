/**
 * The least that a find does in Redis, in one step: it counts a use of the client's, draws a host of the region at random,
 * notes the allocation with an epoch and its end, and shows it in the host's documented key. It looks after nothing: not
 * hosts that have expired, nor allocations that have lapsed, nor what other programs write, nor servers of a cluster.
 *
 * KEYS: the prefix. ARGV: client, uses a minute, region, ms to hold. Returns the room and the value of a host, or nil.
 */
export const BARE_CLAIM = `
local P = KEYS[1]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local uses = P .. ':uses:' .. ARGV[1]
local first = redis.call('LINDEX', uses, 0)
if first and first + 60000 <= now then redis.call('LPOP', uses) end
if redis.call('RPUSH', uses, now) > tonumber(ARGV[2]) then return nil end
redis.call('PEXPIRE', uses, 60000)

local id = redis.call('SPOP', P .. ':idle:' .. ARGV[3])
if not id then return nil end
local host = redis.call('HMGET', P .. ':host:' .. id, 'room', 'value')
local epoch = redis.call('INCR', P .. ':epoch')
redis.call('HSET', P .. ':host:' .. id, 'state', 'allocated', 'epoch', epoch, 'until', now + ARGV[4])
redis.call('ZADD', P .. ':held', now + ARGV[4], id)
local shown = redis.call('GET', P .. ':shown:' .. id)
redis.call('SET', P .. ':shown:' .. id, (string.gsub(shown, '"idle"', '"allocated"', 1)), 'KEEPTTL')
return host
`;

/** KEYS: the prefix. ARGV: region, how many. Makes hosts, all of them nobody's. */
export const BARE_FILL = `
for n = 1, ARGV[2] do
  local id, room = 'host-' .. n, 'room-' .. n
  local info = '"publicIp":"203.0.113.7","gameInfo":{"game":"quake","slots":4}}'
  local shown = '{"hostId":"' .. id .. '","roomId":"' .. room .. '","status":"idle","region":"eu-west",' .. info
  redis.call('HSET', KEYS[1] .. ':host:' .. id, 'room', room, 'state', 'idle', 'until', 0, 'epoch', 0, 'value', '{' .. info)
  redis.call('SET', KEYS[1] .. ':shown:' .. id, shown, 'PX', 3600000)
  redis.call('SADD', KEYS[1] .. ':idle:' .. ARGV[1], id)
end
`;

/** KEYS: the prefix. ARGV: region, how many at most. Gives back the hosts that were taken first. */
export const BARE_RETURN = `
local held = redis.call('ZRANGE', KEYS[1] .. ':held', 0, ARGV[2] - 1)
for _, id in ipairs(held) do
  redis.call('HSET', KEYS[1] .. ':host:' .. id, 'state', 'idle')
  redis.call('SADD', KEYS[1] .. ':idle:' .. ARGV[1], id)
end
redis.call('ZREMRANGEBYRANK', KEYS[1] .. ':held', 0, #held - 1)
`;
