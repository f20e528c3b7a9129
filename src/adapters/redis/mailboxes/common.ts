import { withNow } from "../clock.ts";

/**
 * What every script on a mailbox begins with.
 *
 *   KEYS[1]  the mailbox's prefix, hash-tagged; every other key is built from it and lies in the same slot
 *   ARGV[1]  now in ms, or 0 for Redis' own clock, which all nodes share
 *
 * A name that may be missing, such as an addressee, is '' where it is, and '=' with the name behind it where it is not.
 * An entry is a mail's cursor and its sender with a blank between, so that a peer's own mail is passed over unread.
 *
 * Keys of a mailbox:
 *   :state       hash  cursor, the newest given; dropped, the cursor at the last drop, which begins a generation
 *   :mail        hash  cursor to the packed mail {kind, from, to, content}
 *   :due         zset  entry by when its time is over
 *   :use         hash  how much lies there: n and b in count and bytes, n:<from> and b:<from> of one sender
 *   :kinds       set   the kinds there were
 * and, with the generation in their names, so that a drop need not find them:
 *   :every:<kind>, :to:<kind>:<to>, :of:<kind>:<to>:<from>  zsets of entries by cursor
 *
 * All of them end by themselves, a while after the last mail they may be asked for.
 */
export const common = `
local P = KEYS[1]
${withNow}
local MAIL, DUE, USE = P .. ':mail', P .. ':due', P .. ':use'
local state = redis.call('HMGET', P .. ':state', 'cursor', 'dropped')
local generation = state[2] or '0'

local function digits(number)
  return string.format('%.0f', number)
end

-- Lengths before the parts, so that no two lists of parts make one name.
local function line(what, ...)
  local name = P .. ':' .. what .. ':' .. generation
  for _, part in ipairs({ ... }) do name = name .. ':' .. #part .. ':' .. part end
  return name
end

local function linesOf(mail)
  return line('every', mail.kind), line('to', mail.kind, mail.to), line('of', mail.kind, mail.to, mail.from)
end

local function entryOf(mail)
  return mail.cursor .. ' ' .. mail.from
end

local function split(entry)
  local blank = string.find(entry, ' ', 1, true)
  return string.sub(entry, 1, blank - 1), string.sub(entry, blank + 1)
end

local function find(cursor)
  local packed = redis.call('HGET', MAIL, cursor)
  if not packed then return nil end
  local m = cmsgpack.unpack(packed)
  return { cursor = cursor, kind = m[1], from = m[2], to = m[3], content = m[4] }
end

-- In bytes; the sign before an addressee is not its own.
local function weightOf(mail)
  return #mail.kind + #mail.from + math.max(0, #mail.to - 1) + #mail.content
end

local function count(from, mails, bytes)
  redis.call('HINCRBY', USE, 'n', mails)
  redis.call('HINCRBY', USE, 'b', bytes)
  redis.call('HINCRBY', USE, 'b:' .. from, bytes)
  if redis.call('HINCRBY', USE, 'n:' .. from, mails) == 0 then redis.call('HDEL', USE, 'n:' .. from, 'b:' .. from) end
end

local function remove(mail)
  local entry = entryOf(mail)
  for _, key in ipairs({ DUE, linesOf(mail) }) do redis.call('ZREM', key, entry) end
  redis.call('HDEL', MAIL, mail.cursor)
  count(mail.from, -1, -weightOf(mail))
end

-- Forgets what has run out. False if there is more: Redis is not held up by a large mailbox, so ask again.
local function settle()
  local over = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, 500)
  for _, entry in ipairs(over) do
    local mail = find((split(entry)))
    if mail then remove(mail) else redis.call('ZREM', DUE, entry) end
  end
  return #over < 500
end
`;

/** What a script returns that has done nothing but clear up, and wants to be called again. */
export const AGAIN = 1;
