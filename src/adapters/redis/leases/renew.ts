import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * ARGV: now, id, group, alias, value, ttl ms, state ('' leaves it), begin ('' or a hold), the store epoch that the
 * caller knows, whether to be exclusive ('1'/'0'). Returns {store epoch, lease, created, moved}; the epoch alone if the
 * alias leads to another lease and it was to be exclusive.
 */
export const renew = script(
  common,
  storeEpoch,
  `
local epoch = notice(ARGV[9])
local id, group, alias, value, ttl, state, begin = ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]
local named = redis.call('GET', P .. ':alias:' .. alias)
local holder = named and (named == id or current(named)) and named
if ARGV[10] == '1' and holder and holder ~= id then return { epoch } end
local r = current(id)
if not r and holder == id then holder = false end
local created = 0
if not r then
  r = { id = id, g = group, a = alias, s = 'idle', h = '', n = 0, u = 0 }
  created = 1
  if state == 'busy' then drop(id) else takeUp(r) end
end
if r.g ~= group then
  redis.call('SREM', P .. ':free:' .. r.g, id)
  unlist(id, r.g)
end
if r.a ~= alias and redis.call('GET', P .. ':alias:' .. r.a) == id then redis.call('DEL', P .. ':alias:' .. r.a) end
r.g, r.a, r.v, r.x = group, alias, value, now + ttl
if created == 1 and begin ~= '' and r.s == 'idle' then r.s, r.h = 'busy', begin
elseif state == 'busy' and r.h ~= 'firm' and r.h ~= 'timed' then r.s, r.h = 'busy', 'soft'
elseif r.h == 'withheld' or (state == 'idle' and r.h == 'soft') then r.s, r.h = 'idle', '' end
save(r)
index(r)
redis.call('ZADD', P .. ':live', r.x, id)
if not holder then redis.call('SET', P .. ':alias:' .. alias, id) end
return { epoch, reply(r), created, holder and 0 or 1 }
`,
);
