import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id. Returns the revision of the end, or nil if there was no such lease. */
export const end = script(
  common,
  `
local r = current(ARGV[2])
drop(ARGV[2])
if not r then return nil end
forget(r)
return string.format('%.0f', revise())
`,
);
