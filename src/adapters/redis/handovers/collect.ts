import { script } from "../script.ts";

/** KEYS[1]: the name. Returns the value, which is gone with that, or nil. */
export const collect = script(`
local value = redis.call('GET', KEYS[1])
if value then redis.call('DEL', KEYS[1]) end
return value
`);
