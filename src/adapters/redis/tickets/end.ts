import { script } from "../script.ts";
import { common } from "./common.ts";

/** ARGV: now, match id. Returns {match id, earlier, later, made at}, or nil if there was no such match. */
export const end = script(
  common,
  `
local match = matched(ARGV[2])
if not match then return nil end
redis.call('DEL', matchKey(ARGV[2]))
for id, node in pairs({ [match.e] = match.ne, [match.l] = match.nl }) do
  redis.call('DEL', ticketKey(id))
  redis.call('HDEL', nodeKey(node), id)
end
redis.call('DECR', P .. ':matches')
return match.reply
`,
);
