-- Finds in one region, as the web client sends them.
function init()
  local headers = { ["Content-Type"] = "application/json" }
  find = wrk.format("POST", "/api/match/find", headers, '{"region":"eu-west"}')
end

function request()
  return find
end
