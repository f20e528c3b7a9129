import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/**
 * Notes what a node holds.
 *
 *   KEYS[1]  the node's index: zset of entries by when they end; lives as long as the longest of them
 *   ARGV[1]  now in ms, or 0 for Redis' own clock
 *   ARGV[2]  ms that the entries live
 *   ARGV     the entries
 *
 * Drops some that are past their time, so that those nobody has taken out do not gather.
 */
export const note = script(`
${withNow}
local K, ttl = KEYS[1], tonumber(ARGV[2])
for at = 3, #ARGV do redis.call('ZADD', K, now + ttl, ARGV[at]) end
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', K, '-inf', now, 'LIMIT', 0, 64)) do redis.call('ZREM', K, entry) end
if redis.call('PTTL', K) < ttl then redis.call('PEXPIRE', K, ttl) end
`);
