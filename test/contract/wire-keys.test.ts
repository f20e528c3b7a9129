import { createRedisWireKeys } from "../../src/adapters/redis/wire-keys/wire-keys.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { wireKeysContract } from "./wire-keys.ts";

forEachRedis((adapter, makeCalls, redis) =>
  wireKeysContract(adapter, () => ({
    keys: createRedisWireKeys(makeCalls()),
    other: {
      set: (key, value) => redis().connection.set(key, value),
      get: (key) => redis().connection.get(key),
      setField: (key, field, value) => redis().connection.hset(key, field, value),
      ttlMs: (key) => redis().connection.pttl(key),
    },
  })),
);
