import { withNow } from "../clock.ts";

/**
 * What every script on a group begins with.
 *
 *   KEYS[1]  the group: hash of member to its packed record {expires, since, connection, node, value}. Lives as long as
 *            the longest of its records may
 *   ARGV[1]  now in ms, or 0 for Redis' own clock, which all nodes share
 */
export const common = `
local K = KEYS[1]
${withNow}

local function record(packed)
  local r = cmsgpack.unpack(packed)
  return { x = r[1], since = r[2], connection = r[3], node = r[4], value = r[5] }
end

-- The member's record, past its time or not.
local function kept(member)
  local packed = redis.call('HGET', K, member)
  return packed and record(packed) or nil
end

local function keep(member, r, ttl)
  redis.call('HSET', K, member, cmsgpack.pack({ now + ttl, r.since, r.connection, r.node, r.value }))
  if redis.call('PTTL', K) < ttl then redis.call('PEXPIRE', K, ttl) end
end

local function reply(member, r)
  return { member, r.connection, r.node, r.value, r.since }
end
`;
