import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, ttl ms, member, connection, node, value, since. Returns the newer presence that stands instead, or 1 if the
 * member was not there before, or 0.
 */
export const restore = script(
  common,
  `
local member, connection, since = ARGV[3], ARGV[4], tonumber(ARGV[7])
local r = kept(member)
if r and r.x <= now then r = nil end
if r and r.connection ~= connection and r.since >= since then return reply(member, r) end
keep(member, { since = since, connection = connection, node = ARGV[5], value = ARGV[6] }, tonumber(ARGV[2]))
return r and 0 or 1
`,
);
