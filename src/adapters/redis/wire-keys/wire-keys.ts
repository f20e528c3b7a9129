import { Cluster } from "ioredis";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { WireEntry, WireKeys } from "../../../ports/wire-keys.ts";
import { run, type RedisConnection } from "../script.ts";
import { read } from "./read.ts";
import { write } from "./write.ts";

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
    async put(key, value, revision, ttlMs) {
      await run(redis, write, [key, companionOf(key)], [revision, value, "put", ttlMs]);
    },
    async replace(key, value, revision) {
      await run(redis, write, [key, companionOf(key)], [revision, value, "replace", 0]);
    },
    async remove(key, revision) {
      await run(redis, write, [key, companionOf(key)], [revision, "", "remove", 0]);
    },
    async get(key) {
      const reply = (await run(redis, read, [key, companionOf(key)], [])) as [string, number] | null;
      return reply && { value: reply[0], isOurs: reply[1] === 1 };
    },
    async *scan(prefix) {
      const pattern = `${prefix.replace(/[*?[\]\\]/g, "\\$&")}*`;
      const masters = redis instanceof Cluster ? redis.nodes("master") : [redis];
      for (const master of masters) {
        let cursor = "0";
        do {
          const [next, keys] = await attempt(master.scan(cursor, "MATCH", pattern, "COUNT", SCAN_BATCH));
          cursor = next;
          if (keys.length > 0) yield await readAll(redis, keys);
        } while (cursor !== "0");
      }
    },
  };
}

/**
 * Where we remember what we wrote into a key: in the key's own slot, so that both are one step in a Redis Cluster too.
 * (A key with a stray closing brace hashes elsewhere; only there a Cluster refuses it.)
 */
function companionOf(key: string): string {
  return /\{[^}]+\}/.test(key) ? `rendezvous:wire:${key}` : `rendezvous:wire:{${key}}`;
}

/** Keys that went meanwhile, or hold no string, are left out. */
async function readAll(redis: RedisConnection, keys: readonly string[]): Promise<WireEntry[]> {
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
