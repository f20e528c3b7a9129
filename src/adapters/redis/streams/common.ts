import { withNow } from "../clock.ts";

/**
 * What every script on a stream begins with.
 *
 *   KEYS[1]  the stream's prefix, hash-tagged; every other key is built from it and lies in the same slot
 *   ARGV[1]  now in ms, or 0 for Redis' own clock, which all nodes share
 *
 * A name that may be missing is '' where it is, and '=' with the name behind it where it is not.
 *
 * Keys of a stream, all of which end by themselves a while after it is over:
 *   :state   hash  p position of the newest append, x when it is over, e '1' once it has ended, n and b what remains in
 *                  count and bytes, o=<name> a name that was taken, a=<key> the highest number of a key ('' if it began
 *                  anew and none came since), r=<key> if it ever did: the highest before, at, reach, until when in ms
 *   :kept    list  packed {position, place in its append, kind, content}
 *   :latest  hash  kind to the same
 */
export const common = `
local P = KEYS[1]
local STATE, KEPT, LATEST = P .. ':state', P .. ':kept', P .. ':latest'
${withNow}
local s = redis.call('HMGET', STATE, 'p', 'x', 'e', 'n', 'b')
local newest = tonumber(s[1]) or 0
local isLive = s[2] and tonumber(s[2]) > now
`;
