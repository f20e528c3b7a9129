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
local function notice(known)
  local key = P .. ':store'
  local id = redis.call('HGET', key, 'id')
  if not id then
    local t = redis.call('TIME')
    id = t[1] .. '.' .. t[2]
    redis.call('HSET', key, 'id', id, 'b', string.format('%.0f', now))
  end
  if known ~= '' and known ~= id then redis.call('HSET', key, 's', '1') end
  return id
end

-- What was claimed in a life that is lost may still be held for as long as a claim lasts.
local function suspects(ms)
  local s = redis.call('HMGET', P .. ':store', 's', 'b')
  return s[1] == '1' and now < tonumber(s[2]) + ms
end
`;
