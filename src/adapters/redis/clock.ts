/**
 * The first lines of a script: `now` in ms is ARGV[1], or Redis' own time, which all nodes share, where that is 0.
 * `micros` is the same moment in microseconds.
 */
export const withNow = `
local now, micros = tonumber(ARGV[1]), 0
if now == 0 then
  local t = redis.call('TIME')
  now, micros = t[1] * 1000 + math.floor(t[2] / 1000), t[1] * 1000000 + t[2]
else
  micros = now * 1000
end
`;
