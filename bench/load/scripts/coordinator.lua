-- What a thousand hosts and their players ask of a coordinator, mixed. Of every twenty requests seven are heartbeats, one
-- signs a host up again, three look at a host, two at a zone, one lists hosts and one zones; and a session is made,
-- becomes active, takes a player, is looked at and ends. Twelve of them write.
--
-- A session's next step is taken once LAG more sessions have taken theirs: by then the step before it is answered.
local hosts, zones, LAG = 1000, 50, 64
local headers = { ["Content-Type"] = "application/json" }
local turn, host, zone, beats = 0, 0, 0, 0
-- Each with the numbers of its first and last: of a table that is taken from in front nobody can tell the length.
local function line() return { first = 1, last = 0 } end
local made, active, joined, seen = line(), line(), line(), line()
local function push(to, id)
  to.last = to.last + 1
  to[to.last] = id
end

local function post(path, body) return wrk.format("POST", path, headers, body) end
local function get(path) return wrk.format("GET", path) end

local function nextHost()
  host = host % hosts + 1
  return "host-" .. host
end

local function beat()
  beats = beats + 1
  return post("/api/hosts/" .. nextHost() .. "/heartbeat", string.format(
    '{"latency_ms":%d,"packet_loss_percent":0.1,"bandwidth_usage_mbps":50.0,"current_players":%d}', beats % 61, beats % 19))
end

local function signUp()
  local id = nextHost()
  return post("/api/hosts/", string.format(
    '{"host_id":"%s","player_id":"player-%d","player_name":"Player %d","ip_address":"192.168.1.100","port":8080,' ..
    '"public_ip":"203.0.113.1","cpu_cores":8,"cpu_frequency_mhz":3600,"memory_mb":16384,"network_speed_mbps":1000,' ..
    '"max_players":50,"max_zones":50,"ice_servers":[{"urls":"stun:stun.example.org:3478"}]}', id, host, host))
end

local function nextZone()
  zone = zone % zones + 1
  return "zone-" .. zone
end

-- The next session that is ready for its step goes on to `to`; a heartbeat where there is none.
local function step(from, to, make)
  if from.last - from.first < LAG then return beat() end
  local id = from[from.first]
  from[from.first] = nil
  from.first = from.first + 1
  if to then push(to, id) end
  return make("/api/sessions/" .. id)
end

local function open()
  return post("/api/sessions/",
    string.format('{"host_id":"%s","zone_id":"%s","max_players":50}', nextHost(), nextZone()))
end

local mix = {
  beat, function() return get("/api/hosts/" .. nextHost()) end, beat, open, beat,
  function() return get("/api/zones/" .. nextZone()) end, beat,
  function() return step(made, active, function(path) return post(path .. "/activate") end) end,
  function() return get("/api/hosts/?status=ONLINE&limit=20") end, signUp, beat,
  function() return step(active, joined, function(path) return post(path .. "/players", '{"player_id":"player-1"}') end) end,
  function() return get("/api/hosts/" .. nextHost()) end, beat,
  function() return get("/api/zones/?p2p_enabled=true&limit=20") end,
  function() return step(joined, seen, get) end, beat,
  function() return get("/api/zones/" .. nextZone()) end,
  function() return step(seen, nil, function(path) return post(path .. "/end") end) end,
  function() return get("/api/hosts/" .. nextHost()) end,
}

function request()
  turn = turn % #mix + 1
  return mix[turn]()
end

function response(status, _, body)
  if status == 201 then
    local id = string.match(body, '"session_id":%s*"(session%-%x+)"')
    if id then push(made, id) end
  end
end
