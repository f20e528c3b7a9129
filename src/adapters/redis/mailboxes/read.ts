import { script } from "../script.ts";
import { common } from "./common.ts";
import { select } from "./select.ts";

/** ARGV: now, kind, reader, addressee (all '' or '=name'), cursor, limit. Returns mails, or 1 to be called again. */
export const read = script(
  common,
  select,
  `
if not settle() then return 1 end
return follow({ kind = ARGV[2], reader = ARGV[3], addressee = ARGV[4] }, '(' .. ARGV[5], tonumber(ARGV[6]), false)
`,
);
