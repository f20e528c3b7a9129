import { script } from "../script.ts";
import { common } from "./common.ts";

/**
 * ARGV: now, kind, from, to, content, ttl ms, how much longer the keys live in ms, the bounds of a sender (count,
 * bytes) and of the mailbox (count, bytes), the kinds it supersedes. Returns the cursor, {'sender'} or {'mailbox'} if
 * that is full, or 1 to be called again.
 */
export const post = script(
  common,
  `
local mail = { kind = ARGV[2], from = ARGV[3], to = ARGV[4], content = ARGV[5] }
local ttl, longer = tonumber(ARGV[6]), tonumber(ARGV[7])
if not settle() then return 1 end

local former, more = {}, { n = 1, b = weightOf(mail) }
for at = 12, #ARGV do
  local last = redis.call('ZRANGE', line('of', ARGV[at], mail.to, mail.from), -1, -1)[1]
  local old = last and find((split(last)))
  if old and not former[old.cursor] then
    former[old.cursor] = old
    more.n, more.b = more.n - 1, more.b - weightOf(old)
  end
end
local function fits(of, mails, bytes)
  local used = redis.call('HMGET', USE, 'n' .. of, 'b' .. of)
  return (tonumber(used[1]) or 0) + more.n <= tonumber(mails) and (tonumber(used[2]) or 0) + more.b <= tonumber(bytes)
end
if not fits(':' .. mail.from, ARGV[8], ARGV[9]) then return { 'sender' } end
if not fits('', ARGV[10], ARGV[11]) then return { 'mailbox' } end

for _, old in pairs(former) do remove(old) end
mail.cursor = digits(math.max((tonumber(state[1]) or 0) + 1, micros))
local entry, every, to, own = entryOf(mail), linesOf(mail)
redis.call('HSET', P .. ':state', 'cursor', mail.cursor)
redis.call('HSET', MAIL, mail.cursor, cmsgpack.pack({ mail.kind, mail.from, mail.to, mail.content }))
redis.call('ZADD', DUE, digits(now + ttl), entry)
redis.call('SADD', P .. ':kinds', mail.kind)
for _, key in ipairs({ every, to, own }) do redis.call('ZADD', key, mail.cursor, entry) end
count(mail.from, 1, weightOf(mail))
for _, key in ipairs({ P .. ':state', MAIL, DUE, USE, P .. ':kinds', every, to, own }) do
  if redis.call('PTTL', key) < ttl + longer then redis.call('PEXPIRE', key, ttl + longer) end
end
return mail.cursor
`,
);
