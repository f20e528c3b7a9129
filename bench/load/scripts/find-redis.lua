-- Clients who look for a host in one region.
local find

function init()
  find = wrk.format("POST", "/api/match/find", { ["Content-Type"] = "application/json" }, '{"region":"eu-west"}')
end

function request()
  return find
end
