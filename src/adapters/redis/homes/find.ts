import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, ''. Returns the home, or nil. */
export const find = script(
  common,
  `
return home()
`,
);
