import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/**
 * Uses of each key, as many as its quota has left of those that are asked for.
 *
 *   KEYS  of each, a list of the times of the uses that still count, oldest first; lives as long as its newest
 *   ARGV  now in ms, or 0 for Redis' own clock, which all nodes share; of each: limit; window in ms; how many
 *
 * Returns as JSON, of each, how many were allowed, how many count then, ms until all are back, and ms until one is: 0 if
 * there is one left.
 */
export const take = script(`
${withNow}
local moment = string.format('%.0f', now)

local function use(key, limit, window, count)
  local first = redis.call('LINDEX', key, 0)
  while first and tonumber(first) + window <= now do
    redis.call('LPOP', key)
    first = redis.call('LINDEX', key, 0)
  end

  -- Mostly there is room, so that all are noted first and taken back where there was none.
  local moments = {}
  for n = 1, count do moments[n] = moment end
  local used = redis.call('RPUSH', key, unpack(moments))
  local refused = math.min(count, math.max(0, used - limit))
  if refused > 0 then
    redis.call('RPOP', key, refused)
    used = used - refused
  end
  if refused < count then redis.call('PEXPIRE', key, window) end

  local newest = refused < count and now or tonumber(redis.call('LINDEX', key, -1))
  local retry = 0
  -- A limit that was lowered leaves more uses than it allows: the one that must end is the limit-th from behind.
  if used >= limit then retry = tonumber(redis.call('LINDEX', key, -limit)) + window - now end
  return { count - refused, used, newest + window - now, retry }
end

local uses = {}
for n, key in ipairs(KEYS) do
  uses[n] = use(key, tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n]), tonumber(ARGV[3 * n + 1]))
end
return cjson.encode(uses)
`);
