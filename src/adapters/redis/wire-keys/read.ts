import { script } from "../script.ts";

/**
 * KEYS: the key, its companion. Returns {value, 1 if it is what we wrote last else 0}, or nil without the key, or where
 * another program keeps something else there than text.
 */
export const read = script(`
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return nil end
local value = redis.call('GET', KEYS[1])
if not value then return nil end
return { value, value == redis.call('HGET', KEYS[2], 'v') and 1 or 0 }
`);
