import { afterAll, beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { createMemoryPresences } from "../../src/adapters/memory/presences.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { createRedisPresences } from "../../src/adapters/redis/presences/presences.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { presencesContract } from "./presences.ts";

presencesContract("memory", (clock) => createMemoryPresences(clock));

let server: RunningRedis;
let redis: Redis;
let kinds = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

presencesContract("redis", (clock) =>
  createRedisPresences({ calls: new RedisCalls(redis, systemClock), kind: `test-${kinds++}`, clock }),
);

test("every key of presences on redis ends by itself, and redis' own clock is the one that counts", async () => {
  const presences = createRedisPresences({ calls: new RedisCalls(redis, systemClock), kind: "own-clock" });
  const before = Date.now();
  const presence = { group: "g", member: "m", connection: "c", node: "n", value: "" };
  const { since } = await presences.enter(presence, 60_000);
  expect(since).toBeGreaterThanOrEqual(before - 1_000);
  expect(since).toBeLessThan(before + 60_000);
  const keys = await redis.keys("*own-clock*");
  expect(keys).toHaveLength(2);
  for (const key of keys) expect(await redis.pttl(key)).toBeWithin(50_000, 120_001);
});
