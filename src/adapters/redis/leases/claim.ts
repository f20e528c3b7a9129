import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * Claims for several callers.
 *
 * ARGV: now, the store epoch that the caller knows; of those who want the same: group (any text where none is asked for),
 * whether a group is asked for ('1'/'0'), ms to hold, how many they are.
 * Returns first, as JSON, {store epoch, the first of the revisions, which count on over all callers and are epochs as well,
 * of those who want the same: of each {id, alias, expires, and the group where none was asked for}; 0 when none is idle; or 1
 * when only expired or just claimed ones came up and it is worth asking again}. Then the value of each that was claimed,
 * just as it is: most are JSON, and would be escaped and read once more.
 */
export const claim = script(
  common,
  storeEpoch,
  `
-- Of this call: what was claimed, which still stands in other lists until the end; and what is written of all then, since
-- together it costs less than one by one.
local leaving, held, values = {}, {}, {}
local hasOlderNodes = redis.call('EXISTS', P .. ':idle') == 1

local function leave(list, id)
  leaving[list] = leaving[list] or {}
  table.insert(leaving[list], id)
end

-- Reads no more than a claim needs of an idle one, and writes no more than it changes. Nil if it is not there any more, or
-- if a node before 0.2 has given it away, or moved it to another group.
local function allocate(id, name, ends, revision)
  local key = P .. ':lease:' .. id
  local group, alias, value, expires, state = unpack(redis.call('HMGET', key, 'g', 'a', 'v', 'x', 's'))
  if state ~= 'idle' or (name ~= '' and name ~= ':' .. group) then return nil end
  if tonumber(expires) <= now then
    forget({ id = id, g = group, a = alias })
    return nil
  end
  -- A node before 0.2 that makes a lease anew knows nothing of the allocation before.
  if hasOlderNodes and outlived(id) then
    local r = record(id)
    takeUp(r)
    save(r)
    index(r)
    return nil
  end
  redis.call('HSET', key, 's', 'allocated', 'u', ends, 'n', revision, 'm', revision)
  if name == '' or hasOlderNodes then leave(':' .. group, id) end
  if name ~= '' or hasOlderNodes then leave('', id) end
  table.insert(held, ends)
  table.insert(held, id)
  table.insert(values, value)
  return { id, alias, expires, name == '' and group or nil }
end

-- What comes twice is allocated by the time that it comes again.
local function draw(name, count)
  local ids = redis.call('SPOP', P .. ':free' .. name, count)
  if not hasOlderNodes or #ids == count then return ids end
  local listed = redis.call('ZPOPMIN', P .. ':idle' .. name, count - #ids)
  for at = 1, #listed, 2 do table.insert(ids, listed[at]) end
  return ids
end

-- As many as there are of what is wanted, and 0 or 1 for all others.
local function claims(name, ms, count, revision)
  local ends = string.format('%.0f', now + ms)
  local found, left = {}, 64 * count
  if suspects(ms) then left = 0 end
  local missing = 0
  while #found < count and left > 0 do
    local ids = draw(name, count - #found)
    if #ids == 0 then break end
    for _, id in ipairs(ids) do
      local one = allocate(id, name, ends, string.format('%.0f', revision + #found))
      if one then table.insert(found, one) end
    end
    left = left - #ids
    if left <= 0 then missing = 1 end
  end
  while #found < count do table.insert(found, missing) end
  return found
end

local said = { notice(ARGV[2]) }
settle(64)
local count = 0
for at = 6, #ARGV, 4 do count = count + ARGV[at] end
-- After settling, which takes some too. What is drawn is idle already and takes none but these.
local revision = revisions(count)
said[2] = string.format('%.0f', revision)
for at = 3, #ARGV, 4 do
  local wanted = tonumber(ARGV[at + 3])
  table.insert(said, claims(ARGV[at + 1] == '1' and ':' .. ARGV[at] or '', tonumber(ARGV[at + 2]), wanted, revision))
  revision = revision + wanted
end
for name, ids in pairs(leaving) do
  redis.call('SREM', P .. ':free' .. name, unpack(ids))
  if hasOlderNodes then redis.call('ZREM', P .. ':idle' .. name, unpack(ids)) end
end
if #held > 0 then redis.call('ZADD', P .. ':held', unpack(held)) end
return { cjson.encode(said), unpack(values) }
`,
);
