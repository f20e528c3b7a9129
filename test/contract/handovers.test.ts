import { expect, test } from "bun:test";
import { createMemoryHandovers } from "../../src/adapters/memory/handovers.ts";
import { createRedisHandovers } from "../../src/adapters/redis/handovers/handovers.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { handoversContract } from "./handovers.ts";

handoversContract("memory", () => {
  const clock = createVirtualClock();
  return { handovers: createMemoryHandovers(clock), pass: (ms) => clock.advance(ms) };
});

let runs = 0;
forEachRedis((adapter, makeCalls) => {
  handoversContract(adapter, () => ({
    handovers: createRedisHandovers({ calls: makeCalls(), prefix: `test-${runs++}:` }),
    // Redis goes by its own clock.
    pass: (ms) => Bun.sleep(ms),
  }));
});

test("memory keeps no more than its bound, the newest", async () => {
  const handovers = createMemoryHandovers(createVirtualClock(), 3);
  for (const name of ["a", "b", "c", "d", "e"]) await handovers.leave(name, name, 1_000);
  const left = await Promise.all(["a", "b", "c", "d", "e"].map((name) => handovers.collect(name)));
  expect(left.filter((value) => value !== null).length).toBeLessThanOrEqual(3);
  expect(left[4]).toBe("e");
});
