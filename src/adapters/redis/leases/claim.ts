import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * Claims for several callers, one after the other.
 *
 * ARGV: now, the store epoch that the caller knows; of each claim: group (any text where none is asked for), whether a
 * group is asked for ('1'/'0'), ms to hold, pick in [0, 1).
 * Returns as JSON {store epoch, of each claim: {id, group, alias, value, expires, epoch and revision in one}; 0 when none
 * is idle or all may be claimed already; or 1 when only expired ones came up and it is worth asking again}.
 */
export const claim = script(
  common,
  storeEpoch,
  `
-- Writes no more than what a claim changes of an idle one.
local function allocate(r, ms, revision)
  local ends = string.format('%.0f', now + ms)
  redis.call('HSET', P .. ':lease:' .. r.id, 's', 'allocated', 'h', '', 'u', ends, 'n', revision, 'm', revision)
  redis.call('ZREM', P .. ':idle', r.id)
  redis.call('ZREM', P .. ':idle:' .. r.g, r.id)
  redis.call('ZADD', P .. ':held', ends, r.id)
  return { r.id, r.g, r.a, r.v, string.format('%.0f', r.x), revision }
end

local function draw(list, ms, pick, revision)
  for _ = 1, 64 do
    local size = redis.call('ZCARD', list)
    if size == 0 then return 0 end
    local rank = math.floor(pick * size)
    local id = redis.call('ZRANGE', list, rank, rank)[1]
    local r = current(id)
    if r then return allocate(r, ms, revision) end
    redis.call('ZREM', list, id)
  end
  return 1
end

local claims = { notice(ARGV[2]) }
settle(64)
-- After settling, which takes some too. What is drawn is idle already and takes none but these.
local revision = revisions((#ARGV - 2) / 4)
for at = 3, #ARGV, 4 do
  local list, ms = P .. ':idle', tonumber(ARGV[at + 2])
  if ARGV[at + 1] == '1' then list = list .. ':' .. ARGV[at] end
  local own = string.format('%.0f', revision + (at - 3) / 4)
  claims[#claims + 1] = suspects(ms) and 0 or draw(list, ms, tonumber(ARGV[at + 3]), own)
end
return cjson.encode(claims)
`,
);
