import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id, 'held' or 'any'. Returns the lease or nil. */
export const free = script(
  common,
  `
local r = current(ARGV[2])
if ARGV[3] == 'any' then drop(ARGV[2]) end
if not r then return nil end
if r.h == 'firm' or r.h == 'timed' or (ARGV[3] == 'any' and r.s ~= 'idle') then
  r.s, r.h = 'idle', ''
  save(r)
  index(r)
end
return reply(r)
`,
);
