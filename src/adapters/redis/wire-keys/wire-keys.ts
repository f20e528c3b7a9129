import type { WireEntry, WireKeys } from "../../../ports/wire-keys.ts";
import type { RedisCalls } from "../calls.ts";
import { hashedPart, tagFor } from "../slot.ts";
import { repliesOf, together } from "../together.ts";
import { read } from "./read.ts";
import { replaceOwn } from "./replace-own.ts";
import { write } from "./write.ts";

/** Keys looked at in one step of a scan: few enough not to hold Redis up. */
const SCAN_BATCH = 500;

/** A document's keys, as plain strings in Redis. */
export function createRedisWireKeys(calls: RedisCalls): WireKeys {
  const replaceAll = together<Replacement, [string] | 0 | 1>(
    async (writes) => {
      const keys = writes.flatMap(({ key }) => [key, companionOf(key)]);
      const values = writes.flatMap(({ revision, value }) => [revision, value]);
      return repliesOf<[string] | 0 | 1>(await calls.script(replaceOwn, keys, values, undefined, writes.length));
    },
    // In a cluster different keys lie on different servers.
    ({ key }) => (calls.isCluster ? key : ""),
  );
  return {
    async put(key, value, revision, ttlMs) {
      await calls.script(write, [key, companionOf(key)], [revision, value, "put", ttlMs]);
    },
    async replace(key, value, revision) {
      await calls.script(write, [key, companionOf(key)], [revision, value, "replace", 0]);
    },
    async replaceOwn(key, value, revision) {
      const reply = await replaceAll({ key, value, revision });
      if (reply === 0) return "gone";
      return reply === 1 ? "replaced" : { theirs: reply[0] };
    },
    async remove(key, revision) {
      await calls.script(write, [key, companionOf(key)], [revision, "", "remove", 0]);
    },
    async withdraw(key, value, revision) {
      await calls.script(write, [key, companionOf(key)], [revision, value, "withdraw", 0]);
    },
    async get(key) {
      const reply = (await calls.script(read, [key, companionOf(key)], [])) as [string, number] | null;
      return reply && { value: reply[0], isOurs: reply[1] === 1 };
    },
    async *scan(prefix) {
      const pattern = `${prefix.replace(/[*?[\]\\]/g, "\\$&")}*`;
      for (const master of await calls.command(async () => calls.masters)) {
        let cursor = "0";
        do {
          const [next, keys] = await calls.command(() => master.scan(cursor, "MATCH", pattern, "COUNT", SCAN_BATCH));
          cursor = next;
          if (keys.length > 0) yield keys;
        } while (cursor !== "0");
      }
    },
    async entries(keys) {
      const found = await Promise.all(keys.map((key) => calls.command(() => entryOf(calls.redis, key))));
      return found.filter((entry) => entry !== null);
    },
  };
}

interface Replacement {
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

/** Where we remember what we wrote into a key: in the key's own slot, so that both are one step in a Redis Cluster too. */
function companionOf(key: string): string {
  if (hashedPart(key) !== key) return `rendezvous:wire:${key}`;
  const tag = tagFor(key);
  return tag === key ? `rendezvous:wire:{${key}}` : `rendezvous:wired:{${tag}}:${key}`;
}

/** Null if the key went meanwhile, or holds no string. */
async function entryOf(redis: RedisCalls["redis"], key: string): Promise<WireEntry | null> {
  try {
    const [value, ttl] = await Promise.all([redis.get(key), redis.pttl(key)]);
    return value === null || ttl === -2 ? null : { key, value, ttlMs: ttl === -1 ? null : ttl };
  } catch (error) {
    if ((error as Error).message.startsWith("WRONGTYPE")) return null;
    throw error;
  }
}
