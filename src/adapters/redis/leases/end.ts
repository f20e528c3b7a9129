import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id. Returns 1 if there was such a lease, else 0. */
export const end = script(
  common,
  `
local r = current(ARGV[2])
if not r then return 0 end
forget(r)
return 1
`,
);
