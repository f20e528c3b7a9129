/**
 * What a script begins with that must notice a store which has lost its data. Needs `common`.
 *
 *   :store  hash  id of this life of the store, b when it began; s '1' if an earlier life is known to have been lost
 *
 * `notice(known)` takes the id that the caller has seen last ('' for none) and returns the one there is. A caller that
 * has never seen any begins a life without suspicion: it is the first start. Time is Redis' own here, so that two lives
 * never have one id.
 */
export const storeEpoch = `
local store

local function notice(known)
  local key = P .. ':store'
  local kept = redis.call('HMGET', key, 'id', 's', 'b')
  store = { id = kept[1], s = kept[2], b = tonumber(kept[3]) }
  if not store.id then
    local t = redis.call('TIME')
    store.id, store.b = t[1] .. '.' .. t[2], now
    redis.call('HSET', key, 'id', store.id, 'b', string.format('%.0f', now))
  end
  if known ~= '' and known ~= store.id then
    store.s = '1'
    redis.call('HSET', key, 's', '1')
  end
  return store.id
end

-- What was claimed in a life that is lost may still be held for as long as a claim lasts.
local function suspects(ms)
  return store.s == '1' and now < store.b + ms
end
`;
