import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/**
 * One use of one key, if its quota has one left.
 *
 *   KEYS[1]  list of the times of the uses that still count, oldest first; lives as long as its newest
 *   ARGV     now in ms, or 0 for Redis' own clock, which all nodes share; limit; window in ms
 *
 * Returns whether it was allowed (1/0), uses left, ms until all are back, ms until one is.
 */
export const take = script(`
${withNow}
local key, limit, window = KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local first = redis.call('LINDEX', key, 0)
while first and tonumber(first) + window <= now do
  redis.call('LPOP', key)
  first = redis.call('LINDEX', key, 0)
end

local used = redis.call('LLEN', key)
local allowed = used < limit
if allowed then
  redis.call('RPUSH', key, string.format('%.0f', now))
  redis.call('PEXPIRE', key, window)
  used = used + 1
end

local newest = tonumber(redis.call('LINDEX', key, -1))
local retry = 0
-- A limit that was lowered leaves more uses than it allows: the one that must end is the limit-th from behind.
if used >= limit then retry = tonumber(redis.call('LINDEX', key, -limit)) + window - now end
return { allowed and 1 or 0, math.max(0, limit - used), newest + window - now, retry }
`);
