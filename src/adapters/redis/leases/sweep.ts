import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns how many leases went; at most 1,000 a call. */
export const sweep = script(common, "return settle(1000)");
