import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, node. */
export const release = script(
  common,
  `
if home() == node then redis.call('DEL', key) end
`,
);
