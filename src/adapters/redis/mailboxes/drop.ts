import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, how long the state is kept in ms, so that later cursors are larger and watchers that look again see it.
 * The mail itself goes at once; the lines of the generation that is over are nobody's from now on, and end by themselves.
 */
export const drop = script(
  common,
  `
local cursor = digits(math.max((tonumber(state[1]) or 0) + 1, micros))
redis.call('HSET', P .. ':state', 'cursor', cursor, 'dropped', cursor)
if redis.call('PTTL', P .. ':state') < tonumber(ARGV[2]) then redis.call('PEXPIRE', P .. ':state', ARGV[2]) end
redis.call('UNLINK', MAIL, DUE, USE, P .. ':kinds')
return 0
`,
);
