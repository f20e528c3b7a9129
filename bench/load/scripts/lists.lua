-- Pages of a coordinator's lists, as many entries of each however many rows there are.
local paths = {
  "/api/hosts/?limit=50", "/api/hosts/?status=ONLINE&limit=50", "/api/hosts/?status=ONLINE&min_quality_score=90&limit=50",
  "/api/zones/?limit=50", "/api/zones/?p2p_enabled=true&limit=50", "/api/zones/?status=MAINTENANCE&limit=50",
  "/api/sessions/?limit=50", "/api/sessions/?status=ACTIVE&limit=50", "/api/sessions/?host_id=host-77&limit=50",
}
local at = 0

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
