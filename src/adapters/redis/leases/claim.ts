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
-- Of this call: what was claimed, which still stands in other lists until the end; and what is written of all then, since
-- together it costs less than one by one.
local claimed, leaving, away, held, values = {}, {}, {}, {}, {}
local hasOlderNodes = redis.call('EXISTS', P .. ':idle') == 1

local function leave(list, id)
  leaving[list] = leaving[list] or {}
  table.insert(leaving[list], id)
end

-- Reads no more than a claim needs of an idle one, and writes no more than it changes. Nil if it is not there any more, or
-- if a node before 0.2 has given it away, or moved it to another group.
local function allocate(id, name, ms, revision)
  local key = P .. ':lease:' .. id
  local kept = redis.call('HMGET', key, 'g', 'a', 'v', 'x', 's')
  local group, alias, value, expires = kept[1], kept[2], kept[3], kept[4]
  if kept[5] ~= 'idle' or (name ~= '' and name ~= ':' .. group) then return nil end
  if tonumber(expires) <= now then
    forget({ id = id, g = group, a = alias })
    return nil
  end
  local ends = string.format('%.0f', now + ms)
  redis.call('HSET', key, 's', 'allocated', 'h', '', 'u', ends, 'n', revision, 'm', revision)
  if name == '' or hasOlderNodes then leave(':' .. group, id) end
  if name ~= '' or hasOlderNodes then leave('', id) end
  table.insert(away, expires)
  table.insert(away, id)
  table.insert(held, ends)
  table.insert(held, id)
  table.insert(values, value)
  claimed[id] = true
  return { id, group, alias, expires, revision }
end

local function draw(name, ms, revision)
  for _ = 1, 64 do
    local id = redis.call('SPOP', P .. ':free' .. name)
    if not id and hasOlderNodes then id = redis.call('ZPOPMIN', P .. ':idle' .. name)[1] end
    if not id then return 0 end
    local found = not claimed[id] and allocate(id, name, ms, revision)
    if found then return found end
  end
  return 1
end

local claims = { notice(ARGV[2]) }
settle(64)
-- After settling, which takes some too. What is drawn is idle already and takes none but these.
local revision = revisions((#ARGV - 2) / 3)
for at = 3, #ARGV, 3 do
  local name, ms = ARGV[at + 1] == '1' and ':' .. ARGV[at] or '', tonumber(ARGV[at + 2])
  local own = string.format('%.0f', revision + (at - 3) / 3)
  claims[#claims + 1] = suspects(ms) and 0 or draw(name, ms, own)
end
for name, ids in pairs(leaving) do
  redis.call('SREM', P .. ':free' .. name, unpack(ids))
  if hasOlderNodes then redis.call('ZREM', P .. ':idle' .. name, unpack(ids)) end
end
if #held > 0 then
  redis.call('ZADD', P .. ':away', unpack(away))
  redis.call('ZADD', P .. ':held', unpack(held))
end
return { cjson.encode(claims), unpack(values) }
`,
);
