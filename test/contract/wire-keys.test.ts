import { afterAll, beforeAll } from "bun:test";
import { Redis } from "ioredis";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { createRedisWireKeys } from "../../src/adapters/redis/wire-keys/wire-keys.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { wireKeysContract } from "./wire-keys.ts";

let server: RunningRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

wireKeysContract("redis", () => ({
  keys: createRedisWireKeys(new RedisCalls(redis, systemClock)),
  other: {
    set: (key, value) => redis.set(key, value),
    get: (key) => redis.get(key),
    ttlMs: (key) => redis.pttl(key),
  },
}));
