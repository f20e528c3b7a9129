/**
 * Follows a selection through a mailbox, for scripts that begin with the common part.
 *
 * A mail stands in the line of its kind and in that of its kind and addressee, so a reader's mail is two lines for each
 * kind (to all, and to it), merged by cursor. What is looked at beyond what is returned is the reader's own mail to all
 * and a first bite of each line: the mail between others is never touched.
 */
export const select = `
-- The lines in which the selected mail stands; none if nothing can be selected.
local function chosen(kind, reader, addressee)
  local tos
  if addressee ~= '' then
    if reader ~= '' and reader ~= addressee then return {} end
    tos = { addressee }
  elseif reader ~= '' then
    tos = { '', reader }
  end
  local kinds = kind ~= '' and { string.sub(kind, 2) } or redis.call('SMEMBERS', P .. ':kinds')
  local lines = {}
  for _, one in ipairs(kinds) do
    if tos then
      for _, to in ipairs(tos) do lines[#lines + 1] = line('to', one, to) end
    else
      lines[#lines + 1] = line('every', one)
    end
  end
  return lines
end

-- The next entry of a line that somebody else has sent.
local function advance(cursorOf, reader)
  while true do
    if cursorOf.at > #cursorOf.bite then
      if cursorOf.isLast then return end
      local last = cursorOf.bite[#cursorOf.bite]
      local from = last and '(' .. split(last) or cursorOf.from
      if cursorOf.backwards then
        cursorOf.bite = redis.call('ZREVRANGEBYSCORE', cursorOf.key, from, '-inf', 'LIMIT', 0, cursorOf.size)
      else
        cursorOf.bite = redis.call('ZRANGEBYSCORE', cursorOf.key, from, '+inf', 'LIMIT', 0, cursorOf.size)
      end
      cursorOf.at, cursorOf.isLast = 1, #cursorOf.bite < cursorOf.size
    else
      local number, sender = split(cursorOf.bite[cursorOf.at])
      cursorOf.at = cursorOf.at + 1
      if reader == '' or '=' .. sender ~= reader then return number, tonumber(number) end
    end
  end
end

-- At most limit mails in order, or in the opposite one, from a place on.
local function follow(selection, from, limit, backwards)
  local heads, found = {}, {}
  for _, key in ipairs(chosen(selection.kind, selection.reader, selection.addressee)) do
    local cursorOf = { key = key, from = from, backwards = backwards, size = math.min(limit, 64), bite = {}, at = 1 }
    local cursor, number = advance(cursorOf, selection.reader)
    if cursor then heads[#heads + 1] = { line = cursorOf, cursor = cursor, number = number } end
  end
  while #found < limit and #heads > 0 do
    local best = 1
    for at = 2, #heads do
      if (heads[at].number < heads[best].number) ~= backwards then best = at end
    end
    local head = heads[best]
    local mail = find(head.cursor)
    if mail then found[#found + 1] = { mail.cursor, mail.kind, mail.from, mail.to, mail.content } end
    head.cursor, head.number = advance(head.line, selection.reader)
    if not head.cursor then table.remove(heads, best) end
  end
  return found
end
`;
