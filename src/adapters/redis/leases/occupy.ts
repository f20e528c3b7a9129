import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id, ms to hold ('' for good). Returns the lease or nil. */
export const occupy = script(
  common,
  `
local r = current(ARGV[2])
if not r then return nil end
local ms = tonumber(ARGV[3])
r.s = 'busy'
if not ms then r.h = 'firm'
elseif r.h ~= 'firm' then r.h, r.u = 'timed', now + ms end
save(r)
index(r)
return reply(r)
`,
);
