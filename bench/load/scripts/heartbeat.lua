-- Beats of HOSTS hosts in turn, as a host of the pool sends them.
local hosts = tonumber(os.getenv("HOSTS") or "1000")
local beats, at = {}, 0

function init()
  local headers = { ["Content-Type"] = "application/json" }
  for host = 1, hosts do
    local body = string.format(
      '{"hostId":"host-%d","roomId":"room-%d","region":"eu-west","gameInfo":{"game":"quake","slots":4}}', host, host)
    beats[host] = wrk.format("POST", "/api/host/heartbeat", headers, body)
  end
end

function request()
  at = at % hosts + 1
  return beats[at]
end
