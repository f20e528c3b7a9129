import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/**
 * One use of each key, one after the other, if its quota has one left.
 *
 *   KEYS  of each use, a list of the times of the uses that still count, oldest first; lives as long as its newest
 *   ARGV  now in ms, or 0 for Redis' own clock, which all nodes share; of each use: limit; window in ms
 *
 * Returns as JSON, of each, whether it was allowed (1/0), uses left, ms until all are back, ms until one is.
 */
export const take = script(`
${withNow}
local moment = string.format('%.0f', now)

-- Time stands still meanwhile: what one use of a key has done for its window, the next one need not do again.
local windows = {}

local function use(key, limit, window)
  local isKnown = windows[key] == window
  local first = not isKnown and redis.call('LINDEX', key, 0)
  while first and tonumber(first) + window <= now do
    redis.call('LPOP', key)
    first = redis.call('LINDEX', key, 0)
  end

  -- Mostly there is room, so that it is noted first and taken back where there was none.
  local used = redis.call('RPUSH', key, moment)
  local allowed = used <= limit
  if allowed then
    if not isKnown then redis.call('PEXPIRE', key, window) end
    windows[key] = window
  else
    redis.call('RPOP', key)
    used = used - 1
  end

  local newest = allowed and now or tonumber(redis.call('LINDEX', key, -1))
  local retry = 0
  -- A limit that was lowered leaves more uses than it allows: the one that must end is the limit-th from behind.
  if used >= limit then retry = tonumber(redis.call('LINDEX', key, -limit)) + window - now end
  return { allowed and 1 or 0, math.max(0, limit - used), newest + window - now, retry }
end

local uses = {}
for n, key in ipairs(KEYS) do uses[n] = use(key, tonumber(ARGV[2 * n]), tonumber(ARGV[2 * n + 1])) end
return cjson.encode(uses)
`);
