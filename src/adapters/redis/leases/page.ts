import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, the cursor, about how many. Returns the next cursor, and the leases. A small set comes whole, whatever was
 * asked for.
 */
export const page = script(
  common,
  `
local scanned = redis.call('ZSCAN', P .. ':live', ARGV[2], 'COUNT', ARGV[3])
local leases = {}
for i = 1, #scanned[2], 2 do
  local r = current(scanned[2][i])
  if r then leases[#leases + 1] = reply(r) end
end
return { scanned[1], leases }
`,
);
