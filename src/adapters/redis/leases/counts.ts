import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns {idle, allocated, busy, lapsed}. Sizes of the indexes, less what is due but not yet moved. */
export const counts = script(
  common,
  `
local function size(key) return redis.call('ZCARD', P .. key) end
local function due(key) return redis.call('ZCOUNT', P .. key, '-inf', now) end
local function left(key) return size(key) - due(key) end
settle(1000)
local live, held = left(':live'), left(':held')
-- What a node before 0.2 has made busy stands in no list of those that are away.
local idle = math.max(0, math.min(live - held, live - held - left(':away') + due(':timed')))
return { idle, held, live - idle - held, tonumber(redis.call('GET', P .. ':lapsed')) or 0 }
`,
);
