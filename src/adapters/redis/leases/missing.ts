import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, ids. Returns those without a live lease. */
export const missing = script(
  common,
  `
local absent = {}
for at = 2, #ARGV do
  local x = redis.call('ZSCORE', P .. ':live', ARGV[at])
  if not x or tonumber(x) <= now then absent[#absent + 1] = ARGV[at] end
end
return absent
`,
);
