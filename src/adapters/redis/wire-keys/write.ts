import { script } from "../script.ts";

/**
 * How long a key's companion is remembered after the key's end, in ms: longer than any write can be on its way.
 */
const REMEMBER_MS = 600_000;

/**
 * KEYS: the key, its companion (hash: r revision, v what we wrote).
 * ARGV: revision, value, what to do ('put', 'replace', 'remove', 'withdraw'), ttl ms (put). A write older than the last
 * changes nothing, but an older put still prolongs a key that exists.
 */
export const write = script(`
local revision, value, act, ttl = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
if revision <= tonumber(redis.call('HGET', KEYS[2], 'r') or '0') then
  -- Overtaken, but the sign of life counts all the same.
  if act == 'put' and redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
  return 0
end
if act == 'put' then redis.call('SET', KEYS[1], value, 'PX', ttl)
elseif act == 'replace' then redis.call('SET', KEYS[1], value, 'XX', 'KEEPTTL')
elseif act == 'remove' or redis.pcall('GET', KEYS[1]) == value then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[2], 'r', ARGV[1], 'v', value)
redis.call('PEXPIRE', KEYS[2], ttl + ${REMEMBER_MS})
return 1
`);
