import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, node, ttl ms. Returns 1, or 0 if the home is not at the node. */
export const renew = script(
  common,
  `
if home() ~= node then return 0 end
keep(tonumber(ARGV[3]))
return 1
`,
);
