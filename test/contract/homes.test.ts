import { afterAll, beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { createMemoryHomes } from "../../src/adapters/memory/homes.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { createRedisHomes } from "../../src/adapters/redis/homes/homes.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { homesContract } from "./homes.ts";

homesContract("memory", (clock) => createMemoryHomes(clock));

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

homesContract("redis", (clock) =>
  createRedisHomes({ calls: new RedisCalls(redis, systemClock), kind: `test-${kinds++}`, clock }),
);

test("redis forgets a home with its time, and counts by its own clock unless told otherwise", async () => {
  const homes = createRedisHomes({ calls: new RedisCalls(redis, systemClock), kind: "mine" });
  await homes.settle("r", "a", 30_000);
  expect(await redis.pttl("rendezvous:home:{mine:r}")).toBeWithin(20_000, 30_001);
  expect(Number((await redis.get("rendezvous:home:{mine:r}"))!.split(":")[0])).toBeWithin(
    systemClock.now() + 20_000,
    systemClock.now() + 40_000,
  );
});
