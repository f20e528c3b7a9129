import { script } from "../script.ts";
import { common } from "./common.ts";

/** Arguments that describe one item. */
export const ITEM_ARGS = 11;

/**
 * ARGV: now, ttl ms, how much longer the keys live in ms, the bounds (count, bytes), '1' if the stream must be there, and
 * for each item: kind, content, 'kept' or 'latest', once, after's key and number, restarts' key, at, reach and for how many
 * ms, '1' if it is the last. Returns {'full'}, {'missing'}, or a digit for each item (1: taken), the append's position, and
 * the position before it (0: the stream begins).
 *
 * First everything is decided, then it is written, so that an append which is refused leaves no trace.
 */
export const append = script(
  common,
  `
if ARGV[6] == '1' and not isLive then return { 'missing' } end
local ttl, longer, maxCount, maxBytes = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local ended = isLive and s[3] == '1'
local n, b = isLive and tonumber(s[4]) or 0, isLive and tonumber(s[5]) or 0
local position, previous = math.max(newest + 1, micros), isLive and newest or 0

local function grow(count, bytes)
  n, b = n + count, b + bytes
end

-- What was there before, and what this append makes of it; false: nothing.
local fields, kinds = {}, {}
local function field(name)
  if fields[name] == nil then fields[name] = isLive and redis.call('HGET', STATE, name) end
  return fields[name]
end
local function latest(kind)
  if kinds[kind] == nil then kinds[kind] = isLive and redis.call('HGET', LATEST, kind) end
  return kinds[kind]
end

-- highest: false, or '' if none was taken since the key's numbers began anew.
local function isStale(key, number, highest)
  if not highest then return false end
  if highest ~= '' and number <= tonumber(highest) then return true end
  local restart = field('r' .. key)
  if not restart then return false end
  local former, start, reach, over = string.match(restart, '^(%S+) (%S+) (%S+) (%S+)$')
  local ahead = number - tonumber(highest ~= '' and highest or start)
  return now < tonumber(over) and ahead > tonumber(reach) and math.abs(number - tonumber(former)) < ahead
end

local kept, marks = {}, {}
for at = 7, #ARGV, ${ITEM_ARGS} do
  local kind, content, remains, once, key = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local number, restarts = tonumber(ARGV[at + 5]), ARGV[at + 6]
  local highest = key ~= '' and field('a' .. key)
  if ended or (once ~= '' and field('o' .. once)) or isStale(key, number, highest) then
    marks[#marks + 1] = '0'
  else
    marks[#marks + 1] = '1'
    if once ~= '' then
      fields['o' .. once] = '1'
      grow(1, #once - 1)
    end
    if key ~= '' then
      if not highest then grow(1, #key - 1) end
      fields['a' .. key] = ARGV[at + 5]
    end
    local last = restarts ~= '' and field('a' .. restarts)
    if last then
      if last == '' then last = string.match(field('r' .. restarts), '^%S+') end
      fields['a' .. restarts] = ''
      local over = string.format('%.0f', now + tonumber(ARGV[at + 9]))
      fields['r' .. restarts] = table.concat({ last, ARGV[at + 7], ARGV[at + 8], over }, ' ')
    end
    local packed = cmsgpack.pack({ position, at, kind, content })
    if remains == 'kept' then
      kept[#kept + 1] = packed
    else
      local old = latest(kind)
      if old then grow(-1, -#kind - #cmsgpack.unpack(old)[4]) end
      kinds[kind] = packed
    end
    grow(1, #kind + #content)
    ended = ARGV[at + 10] == '1'
  end
end
if n > maxCount or b > maxBytes then return { 'full' } end
local taken = table.concat(marks)
if not string.find(taken, '1', 1, true) then return { taken, '0', '0' } end

if not isLive then redis.call('DEL', STATE, KEPT, LATEST) end
for name, value in pairs(fields) do
  if value then redis.call('HSET', STATE, name, value) else redis.call('HDEL', STATE, name) end
end
for kind, packed in pairs(kinds) do
  if packed then redis.call('HSET', LATEST, kind, packed) end
end
for _, packed in ipairs(kept) do redis.call('RPUSH', KEPT, packed) end
local place = string.format('%.0f', position)
redis.call('HSET', STATE, 'p', place, 'x', string.format('%.0f', now + ttl), 'e', ended and '1' or '0', 'n', n, 'b', b)
for _, name in ipairs({ STATE, KEPT, LATEST }) do redis.call('PEXPIRE', name, ttl + longer) end
return { taken, place, string.format('%.0f', previous) }
`,
);
