import { withNow } from "../clock.ts";
import { script } from "../script.ts";

/** KEYS: leases. ARGV: now. Returns the ids. */
export const dead = script(withNow, "return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)");
