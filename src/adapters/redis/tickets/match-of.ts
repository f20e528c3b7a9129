import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, id. Returns {match id, earlier, later, made at} or nil. */
export const matchOf = script(
  common,
  `
local _, match = waiting(ARGV[2])
local found = match and matched(match)
return found and found.reply or nil
`,
);
