/** The first lines of a script: `now` in ms is ARGV[1], or Redis' own time, which all nodes share, where that is 0. */
export const withNow = `
local now = tonumber(ARGV[1])
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
`;
