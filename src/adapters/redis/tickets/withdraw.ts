import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id, entry ('' for any). Returns 1 if the ticket was waiting, else 0. */
export const withdraw = script(
  common,
  `
local r = waiting(ARGV[2])
if not r or (ARGV[3] ~= '' and r.e ~= ARGV[3]) then return 0 end
stepOut(r)
return 1
`,
);
