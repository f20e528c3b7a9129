import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, node, ttl ms, dead node ('' for none). Returns the home. */
export const settle = script(
  common,
  `
local at = home()
if at and at ~= node and (ARGV[4] == '' or at ~= ARGV[4]) then return at end
keep(tonumber(ARGV[3]))
return node
`,
);
