import { script } from "../script.ts";

/**
 * KEYS: of each write, the key and its companion, as in `write`. ARGV: of each, revision and value.
 * Returns as JSON, of each, 1 if the key holds what we wrote last, and now this unless it is older; 0 without the key, or
 * where another program keeps something else there than text; and {value} if another program has written that. The
 * companion of a key that we wrote outlives it by itself.
 */
export const replaceOwn = script(`
-- All at once costs less than one by one. What is no text reads like a key that is not there.
local keys, shownIn = {}, {}
for at = 1, #KEYS, 2 do keys[#keys + 1] = KEYS[at] end
for at, shown in ipairs(redis.call('MGET', unpack(keys))) do shownIn[keys[at]] = shown end

local function replace(key, companion, revision, value)
  local shown = shownIn[key]
  if not shown then return 0 end
  local last = redis.call('HMGET', companion, 'v', 'r')
  if shown ~= last[1] then return { shown } end
  if tonumber(revision) > tonumber(last[2]) then
    redis.call('SET', key, value, 'KEEPTTL')
    redis.call('HSET', companion, 'r', revision, 'v', value)
    shownIn[key] = value
  end
  return 1
end

local outcomes = {}
for at = 1, #KEYS, 2 do outcomes[(at + 1) / 2] = replace(KEYS[at], KEYS[at + 1], ARGV[at], ARGV[at + 1]) end
return cjson.encode(outcomes)
`);
