import { afterAll, beforeAll } from "bun:test";
import { Redis } from "ioredis";
import { createMemoryLeases } from "../../src/adapters/memory/leases.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { createRedisLeases } from "../../src/adapters/redis/leases/leases.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { leasesContract } from "./leases.ts";

leasesContract("memory", (clock) => createMemoryLeases(clock));

let server: RunningRedis;
let redis: Redis;
let pools = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

leasesContract("redis", (clock) =>
  createRedisLeases({ calls: new RedisCalls(redis, systemClock), pool: `test-${pools++}`, clock }),
);
