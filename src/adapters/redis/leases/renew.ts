import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * ARGV: now, id, group, alias, value, ttl ms, state ('' leaves it), begin ('' or a hold), the store epoch that the
 * caller knows. Returns {store epoch, lease, created, moved}.
 */
export const renew = script(
  common,
  storeEpoch,
  `
local epoch = notice(ARGV[9])
local id, group, alias, value, ttl, state, begin = ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]
local r = current(id)
local created = 0
if not r then
  r = { id = id, g = group, a = alias, s = 'idle', h = '', n = 0, u = 0 }
  created = 1
end
local moved = (created == 1 or r.a ~= alias) and 1 or 0
if r.g ~= group then redis.call('ZREM', P .. ':idle:' .. r.g, id) end
if moved == 1 and redis.call('GET', P .. ':alias:' .. r.a) == id then redis.call('DEL', P .. ':alias:' .. r.a) end
r.g, r.a, r.v, r.x = group, alias, value, now + ttl
if created == 1 and begin ~= '' then r.s, r.h = 'busy', begin
elseif state == 'busy' and r.h ~= 'firm' and r.h ~= 'timed' then r.s, r.h = 'busy', 'soft'
elseif r.h == 'withheld' or (state == 'idle' and r.h == 'soft') then r.s, r.h = 'idle', '' end
save(r)
index(r)
redis.call('ZADD', P .. ':live', r.x, id)
redis.call('SET', P .. ':alias:' .. alias, id)
return { epoch, reply(r), created, moved }
`,
);
