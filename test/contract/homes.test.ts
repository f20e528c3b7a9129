import { expect, test } from "bun:test";
import { createMemoryHomes } from "../../src/adapters/memory/homes.ts";
import { createRedisHomes } from "../../src/adapters/redis/homes/homes.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { homesContract } from "./homes.ts";

homesContract("memory", (clock) => createMemoryHomes(clock));

let kinds = 0;
forEachRedis((adapter, makeCalls, redis) => {
  homesContract(adapter, (clock) => createRedisHomes({ calls: makeCalls(), kind: `test-${kinds++}`, clock }));

  test("redis forgets a home with its time, and counts by its own clock unless told otherwise", async () => {
    const { connection } = redis();
    const homes = createRedisHomes({ calls: makeCalls(), kind: "mine" });
    await homes.settle("r", "a", 30_000);
    expect(await connection.pttl("rendezvous:home:{mine:r}")).toBeWithin(20_000, 30_001);
    const [expiresAt] = (await connection.get("rendezvous:home:{mine:r}"))!.split(":");
    expect(Math.abs(Number(expiresAt) - systemClock.now() - 30_000)).toBeLessThan(10_000);
  });
});
