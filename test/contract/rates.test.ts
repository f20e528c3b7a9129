import { expect, test } from "bun:test";
import { Redis } from "ioredis";
import { createMemoryRates } from "../../src/adapters/memory/rates.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { createRedisRates } from "../../src/adapters/redis/rates/rates.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { ratesContract } from "./rates.ts";

ratesContract("memory", (clock) => createMemoryRates({ clock }));

let runs = 0;
forEachRedis((adapter, makeCalls, redis) => {
  ratesContract(adapter, (clock) => createRedisRates({ calls: makeCalls(), clock, prefix: `test-${runs++}:` }));

  test("redis forgets a key with its last use, and counts by its own clock unless told otherwise", async () => {
    const { connection } = redis();
    const rates = createRedisRates({ calls: makeCalls() });
    const began = systemClock.now();
    await rates.take("mine", { limit: 2, windowMs: 60_000 });
    const [time] = await connection.lrange("rendezvous:rate:mine", 0, -1);
    expect(Math.abs(Number(time) - began)).toBeLessThan(10_000);
    expect(await connection.pttl("rendezvous:rate:mine")).toBeWithin(50_000, 60_001);
  });
});

test("a Redis that is away is said to be", async () => {
  const nobody = new Redis({ port: 1, host: "127.0.0.1", lazyConnect: true, retryStrategy: () => null });
  nobody.on("error", () => undefined);
  const rates = createRedisRates({ calls: new RedisCalls(nobody, systemClock) });
  await expect(rates.take("a", { limit: 1, windowMs: 1 })).rejects.toBeInstanceOf(StoreUnavailable);
  nobody.disconnect();
});
