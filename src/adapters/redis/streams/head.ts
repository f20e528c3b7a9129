import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns {position, '1' if it has ended, items as {position, place, kind, content}}; nil for no stream. */
export const head = script(
  common,
  `
if not isLive then return nil end
local found = {}
local function add(packed)
  local item = cmsgpack.unpack(packed)
  found[#found + 1] = { string.format('%.0f', item[1]), item[2], item[3], item[4] }
end
for _, packed in ipairs(redis.call('LRANGE', KEPT, 0, -1)) do add(packed) end
for _, packed in ipairs(redis.call('HVALS', LATEST)) do add(packed) end
return { s[1], s[3], found }
`,
);
