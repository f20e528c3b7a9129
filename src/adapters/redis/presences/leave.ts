import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, member, connection. Returns {1 if the member was live by it else 0, its node}, or nil if it is another's. */
export const leave = script(
  common,
  `
local r = kept(ARGV[2])
if not r or r.connection ~= ARGV[3] then return nil end
redis.call('HDEL', K, ARGV[2])
return { r.x > now and 1 or 0, r.node }
`,
);
