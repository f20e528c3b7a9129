import { withNow } from "../clock.ts";

/**
 * What every home script begins with.
 *
 *   KEYS[1]  the home's only key: string `<expires at, in ms>:<node>`; Redis drops it some time after that
 *   ARGV[1]  now in ms, or 0 for Redis' own clock, which all nodes share
 *   ARGV[2]  the node that asks, or ''
 */
export const common = `
${withNow}
local key, node = KEYS[1], ARGV[2]

local function home()
  local expires, at = string.match(redis.call('GET', key) or '', '^(%d+):(.*)$')
  if not expires or tonumber(expires) <= now then return nil end
  return at
end

local function keep(ttl)
  redis.call('SET', key, string.format('%.0f', now + ttl) .. ':' .. node, 'PX', ttl)
end
`;
