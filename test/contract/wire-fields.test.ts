import { createRedisWireFields } from "../../src/adapters/redis/wire-fields/wire-fields.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { wireFieldsContract } from "./wire-fields.ts";

forEachRedis((adapter, makeCalls, redis) =>
  wireFieldsContract(adapter, () => ({
    fields: createRedisWireFields(makeCalls()),
    other: {
      setField: (key, field, value) => redis().connection.hset(key, field, value),
      setText: (key, value) => redis().connection.set(key, value),
      ttlMs: (key) => redis().connection.pttl(key),
    },
  })),
);
