import { script } from "../script.ts";
import { common } from "./common.ts";
import { storeEpoch } from "./store-epoch.ts";

/**
 * ARGV: now, group ('' with '0' behind it means any), whether a group is asked for ('1'/'0'), ms to hold, pick in [0, 1),
 * the store epoch that the caller knows.
 * Returns {store epoch, lease}; instead of the lease nothing when none is idle or all may be claimed already, or 1 when
 * only expired ones came up and it is worth asking again.
 */
export const claim = script(
  common,
  storeEpoch,
  `
local epoch = notice(ARGV[6])
if suspects(tonumber(ARGV[4])) then return { epoch } end
settle(64)
local list = P .. ':idle'
if ARGV[3] == '1' then list = list .. ':' .. ARGV[2] end
local pick = tonumber(ARGV[5])
for _ = 1, 64 do
  local size = redis.call('ZCARD', list)
  if size == 0 then return { epoch } end
  local rank = math.floor(pick * size)
  local id = redis.call('ZRANGE', list, rank, rank)[1]
  local r = current(id)
  if r then
    r.s, r.h, r.u = 'allocated', '', now + tonumber(ARGV[4])
    r.n = revise()
    save(r)
    index(r)
    return { epoch, reply(r) }
  end
  redis.call('ZREM', list, id)
end
return { epoch, 1 }
`,
);
