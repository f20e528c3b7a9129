import { expect, test } from "bun:test";
import { createMemoryPresences } from "../../src/adapters/memory/presences.ts";
import { createRedisPresences } from "../../src/adapters/redis/presences/presences.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { presencesContract } from "./presences.ts";

presencesContract("memory", (clock) => createMemoryPresences(clock));

let kinds = 0;
forEachRedis((adapter, makeCalls) => {
  presencesContract(adapter, (clock) => createRedisPresences({ calls: makeCalls(), kind: `test-${kinds++}`, clock }));

  test("without a clock of the caller's redis' own counts, and every key ends by itself", async () => {
    const calls = makeCalls();
    const presences = createRedisPresences({ calls, kind: "own-clock" });
    const before = Date.now();
    const presence = { group: "g", member: "m", connection: "c", node: "n", value: "" };
    const { since } = await presences.enter(presence, 60_000);
    expect(since).toBeWithin(before - 1_000, before + 30_000);
    for (const key of ["rendezvous:{presence:own-clock:g}", "rendezvous:{presence-node:own-clock:n}"]) {
      expect(await calls.redis.pttl(key)).toBeWithin(50_000, 120_001);
    }
  });
});
