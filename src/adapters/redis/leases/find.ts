import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, 'id' or 'alias', the name. Returns the lease or nil. */
export const find = script(
  common,
  `
local id = ARGV[3]
if ARGV[2] == 'alias' then id = redis.call('GET', P .. ':alias:' .. id) end
local r = id and current(id)
return r and reply(r) or nil
`,
);
