-- Players who join the arena's queue, each under a name of its own; who has to wait asks once somebody else waits, since
-- then its match has been made. Says how many have come to know of their match.
local run = os.getenv("RUN") or "0"
local joins, waiting = 0, nil
local asks, first, last = {}, 1, 0
local headers = { ["Content-Type"] = "application/json" }
threads = {}
matched, unmatched = 0, 0

function setup(thread)
  table.insert(threads, thread)
end

function request()
  if first <= last then
    local id = asks[first]
    asks[first] = nil
    first = first + 1
    return wrk.format("GET", "/queue/" .. id)
  end
  joins = joins + 1
  return wrk.format("POST", "/queue/join", headers, string.format(
    '{"connect_code":"%s#%d","fighter_name":"phillip","wallet_address":"0x1F36B4c388CA%08xDdb5b90D%08xcF8f","agent_id":%d}',
    run, joins, joins, joins, joins))
end

function response(status, _, body)
  if body:find('"status":"matched"', 1, true) then
    matched = matched + 1
  elseif body:find('"status":"waiting"', 1, true) then
    -- At most one is left waiting, so the one before has met somebody.
    if waiting then
      last = last + 1
      asks[last] = waiting
    end
    waiting = body:match('"queue_id":"([^"]+)"')
  else
    unmatched = unmatched + 1
  end
end

function done()
  local sum = { matched = 0, unmatched = 0 }
  for _, thread in ipairs(threads) do
    for name, value in pairs(sum) do sum[name] = value + thread:get(name) end
  end
  io.write(string.format("said matched %d\nsaid unmatched %d\n", sum.matched, sum.unmatched))
end
