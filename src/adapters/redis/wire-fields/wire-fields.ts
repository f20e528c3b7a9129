import type { WireFields } from "../../../ports/wire-fields.ts";
import type { RedisCalls } from "../calls.ts";
import { tagFor } from "../slot.ts";
import { write } from "./write.ts";

/** A document's hashes, as plain hashes in Redis. */
export function createRedisWireFields(calls: RedisCalls): WireFields {
  return {
    async put(key, field, value, revision, ttlMs) {
      await calls.script(write, [key, companionOf(key, field)], [field, value, revision, "put", ttlMs]);
    },
    async withdraw(key, field, value, revision) {
      await calls.script(write, [key, companionOf(key, field)], [field, value, revision, "withdraw", 0]);
    },
    async all(key) {
      return new Map(Object.entries(await calls.command(() => fieldsOf(calls.redis, key))));
    },
  };
}

/** Where we remember the revision of a field: in the hash's own slot. */
function companionOf(key: string, field: string): string {
  return `rendezvous:wire-field:{${tagFor(key)}}:${key}:${field}`;
}

async function fieldsOf(redis: RedisCalls["redis"], key: string): Promise<Record<string, string>> {
  try {
    return await redis.hgetall(key);
  } catch (error) {
    if ((error as Error).message.startsWith("WRONGTYPE")) return {};
    throw error;
  }
}
