import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * Claims for several callers, one after the other.
 *
 * ARGV: now, the store epoch that the caller knows; of each claim: group (any text where none is asked for), whether a
 * group is asked for ('1'/'0'), ms to hold, pick in [0, 1).
 * Returns first, as JSON, {store epoch, of each claim: {id, group, alias, expires, epoch and revision in one}; 0 when none
 * is idle or all may be claimed already; or 1 when only expired or just claimed ones came up and it is worth asking again}. Then the value
 * of each that was claimed, just as it is: most are JSON, and would be escaped and read once more.
 */
export const claim = script(
  common,
  storeEpoch,
  `
-- Of this call: how many a list has; and what was claimed, which stands in its lists until the end: to take all out
-- together costs less than one by one.
local sizes, leaving, held, claimed, values = {}, {}, {}, {}, {}

local function leave(list, id)
  leaving[list] = leaving[list] or {}
  table.insert(leaving[list], id)
end

-- Reads no more than a claim needs of an idle one, and writes no more than it changes. Nil if it is not there any more.
local function allocate(id, ms, revision)
  local key = P .. ':lease:' .. id
  local kept = redis.call('HMGET', key, 'g', 'a', 'v', 'x')
  local group, alias, value, expires = kept[1], kept[2], kept[3], kept[4]
  if not group then return nil end
  if tonumber(expires) <= now then
    forget({ id = id, g = group, a = alias })
    return nil
  end
  local ends = string.format('%.0f', now + ms)
  redis.call('HSET', key, 's', 'allocated', 'h', '', 'u', ends, 'n', revision, 'm', revision)
  leave(P .. ':idle', id)
  leave(P .. ':idle:' .. group, id)
  claimed[id] = true
  table.insert(held, ends)
  table.insert(held, id)
  table.insert(values, value)
  return { id, group, alias, expires, revision }
end

local function draw(list, ms, pick, revision)
  for passed = 0, 63 do
    sizes[list] = sizes[list] or redis.call('ZCARD', list)
    if sizes[list] == #(leaving[list] or {}) then return 0 end
    local rank = (math.floor(pick * sizes[list]) + passed) % sizes[list]
    local id = redis.call('ZRANGE', list, rank, rank)[1]
    if not claimed[id] then
      local found = allocate(id, ms, revision)
      if found then return found end
      redis.call('ZREM', list, id)
      sizes = {}
    end
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
for list, ids in pairs(leaving) do redis.call('ZREM', list, unpack(ids)) end
if #held > 0 then redis.call('ZADD', P .. ':held', unpack(held)) end
return { cjson.encode(claims), unpack(values) }
`,
);
