import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id. Returns the lease or nil. */
export const occupy = script(
  common,
  `
local r = current(ARGV[2])
if not r then return nil end
r.s, r.h, r.l = 'busy', 'firm', '0'
save(r)
index(r)
return reply(r)
`,
);
