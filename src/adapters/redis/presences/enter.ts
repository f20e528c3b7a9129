import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, ttl ms, member, connection, node, value, how many members there may be or 0 for any number, nodes whose
 * members do not count. Returns {since, the former presence or nil}, or nil if there is no room. Each entry looks at two
 * others by chance, so that a group that never empties does not gather records past their time.
 */
export const enter = script(
  common,
  `
local ttl, member = tonumber(ARGV[2]), ARGV[3]
local former = kept(member)
local most = tonumber(ARGV[7])
if most > 0 and not (former and former.x > now) and redis.call('HLEN', K) >= most then
  local without, others = {}, 0
  for at = 8, #ARGV do without[ARGV[at]] = true end
  for _, packed in ipairs(redis.call('HVALS', K)) do
    local r = record(packed)
    if r.x > now and not without[r.node] then others = others + 1 end
  end
  if others >= most then return nil end
end
local since = now
if former and former.since >= now then since = former.since + 1 end
keep(member, { since = since, connection = ARGV[4], node = ARGV[5], value = ARGV[6] }, ttl)
local some = redis.call('HRANDFIELD', K, 2, 'WITHVALUES')
for at = 1, #some, 2 do
  if record(some[at + 1]).x <= now then redis.call('HDEL', K, some[at]) end
end
if former and former.x > now then return { since, reply(member, former) } end
return { since }
`,
);
