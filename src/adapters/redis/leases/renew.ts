import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id, group, alias, value, ttl ms, state ('' leaves it), begin ('' or 'busy'). Returns {lease, created 0/1}. */
export const renew = script(
  common,
  `
local id, group, alias, value, ttl, state = ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
local r = current(id)
local created = 0
if not r then
  r = { id = id, g = group, a = alias, s = 'idle', h = '', n = 0, u = 0 }
  created = 1
end
if r.g ~= group then redis.call('ZREM', P .. ':idle:' .. r.g, id) end
if r.a ~= alias and redis.call('GET', P .. ':alias:' .. r.a) == id then redis.call('DEL', P .. ':alias:' .. r.a) end
r.g, r.a, r.v, r.x, r.l = group, alias, value, now + ttl, '0'
if (created == 1 and ARGV[8] == 'busy') or state == 'busy' and r.h ~= 'firm' then r.s, r.h = 'busy', 'soft'
elseif state == 'idle' and r.h == 'soft' then r.s, r.h = 'idle', '' end
save(r)
index(r)
redis.call('ZADD', P .. ':live', r.x, id)
redis.call('SET', P .. ':alias:' .. alias, id)
return { reply(r), created }
`,
);
