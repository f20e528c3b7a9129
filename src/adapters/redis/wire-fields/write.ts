import { script } from "../script.ts";

/** How long a field's revision is remembered after the last write, in ms: longer than any write can be on its way. */
const REMEMBER_MS = 600_000;

/**
 * KEYS: the hash, the field's companion (a string: the revision). ARGV: field, value, revision, what to do ('put',
 * 'withdraw'), ttl ms (put).
 */
export const write = script(`
-- What another program has made of the key, against the document, is left alone.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then return end
local field, value, revision, act, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local left = redis.call('PTTL', KEYS[1])
if revision > tonumber(redis.call('GET', KEYS[2]) or '0') then
  redis.call('SET', KEYS[2], ARGV[3], 'PX', math.max(ttl, ${REMEMBER_MS}))
  if act == 'put' then redis.call('HSET', KEYS[1], field, value)
  elseif redis.call('HGET', KEYS[1], field) == value then redis.call('HDEL', KEYS[1], field) end
end
-- -1: another program lets its hash live for ever, and its fields must not go with ours.
if act == 'put' and left ~= -1 and left < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
`);
