import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * Claims for several callers, one after the other.
 *
 * ARGV: now, the store epoch that the caller knows; of each claim: group (any text where none is asked for), whether a
 * group is asked for ('1'/'0'), ms to hold.
 * Returns first, as JSON, {store epoch, of each claim: {id, group, alias, expires, epoch and revision in one}; 0 when none
 * is idle; or 1 when only expired or just claimed ones came up and it is worth asking again}. Then the value of each that
 * was claimed, just as it is: most are JSON, and would be escaped and read once more.
 */
export const claim = script(
  common,
  storeEpoch,
  `
-- Of this call: what was claimed; and what is written of all at the end, since together it costs less than one by one.
local claimed, leaving, away, held, values = {}, {}, {}, {}, {}

-- Reads no more than a claim needs of an idle one, and writes no more than it changes. Nil if it is not there any more.
local function allocate(id, drawn, ms, revision)
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
  local other = P .. ':free'
  if drawn == other then other = other .. ':' .. group end
  leaving[other] = leaving[other] or {}
  table.insert(leaving[other], id)
  table.insert(away, expires)
  table.insert(away, id)
  table.insert(held, ends)
  table.insert(held, id)
  table.insert(values, value)
  claimed[id] = true
  return { id, group, alias, expires, revision }
end

local function draw(list, ms, revision)
  for _ = 1, 64 do
    local id = redis.call('SPOP', list)
    if not id then return 0 end
    local found = not claimed[id] and allocate(id, list, ms, revision)
    if found then return found end
  end
  return 1
end

local claims = { notice(ARGV[2]) }
settle(64)
-- After settling, which takes some too. What is drawn is idle already and takes none but these.
local revision = revisions((#ARGV - 2) / 3)
for at = 3, #ARGV, 3 do
  local list, ms = P .. ':free', tonumber(ARGV[at + 2])
  if ARGV[at + 1] == '1' then list = list .. ':' .. ARGV[at] end
  local own = string.format('%.0f', revision + (at - 3) / 3)
  claims[#claims + 1] = suspects(ms) and 0 or draw(list, ms, own)
end
for list, ids in pairs(leaving) do redis.call('SREM', list, unpack(ids)) end
if #held > 0 then
  redis.call('ZADD', P .. ':away', unpack(away))
  redis.call('ZADD', P .. ':held', unpack(held))
end
return { cjson.encode(claims), unpack(values) }
`,
);
