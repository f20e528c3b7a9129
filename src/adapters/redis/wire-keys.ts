import { Cluster } from "ioredis";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { WireEntry, WireKeys } from "../../ports/wire-keys.ts";
import type { RedisConnection } from "./script.ts";

/** Keys looked at in one step of a scan: few enough not to hold Redis up. */
const SCAN_BATCH = 500;

/** A document's keys, as plain strings in Redis. */
export function createRedisWireKeys(redis: RedisConnection): WireKeys {
  const attempt = async <Reply>(command: Promise<Reply>): Promise<Reply> => {
    try {
      return await command;
    } catch (error) {
      throw new StoreUnavailable(error);
    }
  };
  return {
    async put(key, value, ttlMs) {
      await attempt(redis.set(key, value, "PX", ttlMs));
    },
    async replace(key, value) {
      await attempt(redis.set(key, value, "KEEPTTL", "XX"));
    },
    get: (key) => attempt(redis.get(key)),
    async remove(key) {
      await attempt(redis.del(key));
    },
    async *scan(prefix) {
      const pattern = `${prefix.replace(/[*?[\]\\]/g, "\\$&")}*`;
      const masters = redis instanceof Cluster ? redis.nodes("master") : [redis];
      for (const master of masters) {
        let cursor = "0";
        do {
          const [next, keys] = await attempt(master.scan(cursor, "MATCH", pattern, "COUNT", SCAN_BATCH));
          cursor = next;
          if (keys.length > 0) yield await read(redis, keys);
        } while (cursor !== "0");
      }
    },
  };
}

/** Keys that went meanwhile, or hold no string, are left out. */
async function read(redis: RedisConnection, keys: readonly string[]): Promise<WireEntry[]> {
  const entries = await Promise.all(
    keys.map(async (key): Promise<WireEntry | null> => {
      try {
        const [value, ttl] = await Promise.all([redis.get(key), redis.pttl(key)]);
        return value === null || ttl === -2 ? null : { key, value, ttlMs: ttl === -1 ? null : ttl };
      } catch {
        return null;
      }
    }),
  );
  return entries.filter((entry) => entry !== null);
}
