import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now. Returns {idle, allocated, busy, lapsed}. Sizes of the indexes, less what is due but not yet moved. */
export const counts = script(
  common,
  `
local function size(key) return redis.call('ZCARD', P .. key) end
local function due(key) return redis.call('ZCOUNT', P .. key, '-inf', now) end
settle(1000)
local live = size(':live') - due(':live')
local held = size(':held') - due(':held')
local idle = size(':idle') - due(':idle') + due(':held') + due(':timed')
return { idle, held, live - idle - held, tonumber(redis.call('GET', P .. ':lapsed')) or 0 }
`,
);
