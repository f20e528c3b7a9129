import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id, epoch, 'idle' or 'withhold'. Returns 1 if it was this allocation's to give back, else 0. */
export const release = script(
  common,
  `
local r, epoch = current(ARGV[2]), tonumber(ARGV[3])
if not r then
  if outlived(ARGV[2]) ~= epoch then return 0 end
  drop(ARGV[2])
  return 1
end
if r.s ~= 'allocated' or r.n ~= epoch then return 0 end
if ARGV[4] == 'idle' then
  r.s, r.h = 'idle', ''
  redis.call('SADD', P .. ':freed', r.id)
else r.s, r.h = 'busy', 'withheld' end
save(r)
index(r)
return 1
`,
);
