import { beforeEach, describe, expect, test } from "bun:test";
import { createRedisLeases } from "../../src/adapters/redis/leases/leases.ts";
import type { Leases } from "../../src/ports/leases.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

forEachRedis((adapter, makeCalls) => {
  describe(`leases on ${adapter} that has lost its data`, () => {
    let clock: VirtualClock;
    let losses: number;
    let one: Leases;
    let two: Leases;

    const start = (): Leases => createRedisLeases({ calls: makeCalls(), pool: "pool", clock, lost: () => losses++ });
    const empty = async (): Promise<void> => {
      for (const master of makeCalls().masters) await master.flushall();
    };
    const beat = (leases: Leases, id: string) => leases.renew({ id, group: "eu", alias: id, value: "", ttlMs: 30_000 });
    const claim = async (leases: Leases) => (await leases.claim({ forMs: 10_000, pick: 0 }))?.id ?? null;

    beforeEach(async () => {
      await empty();
      clock = createVirtualClock(1_750_000_000_123);
      losses = 0;
      one = start();
      two = start();
    });

    test("a first start finds at once, and so does whoever comes later", async () => {
      await beat(one, "a");
      await beat(one, "b");
      expect(new Set([await claim(two), await claim(start())])).toEqual(new Set(["a", "b"]));
      expect(losses).toBe(0);
    });

    test("nothing is claimed twice: all claims wait for as long as a claim lasts, and then go on", async () => {
      await beat(one, "a");
      expect(await claim(two)).toBe("a");
      await empty();
      await clock.advance(1_000);
      await beat(one, "a");
      for (const leases of [one, two, start()]) expect(await claim(leases)).toBeNull();
      await clock.advance(9_999);
      for (const leases of [one, two, start()]) expect(await claim(leases)).toBeNull();
      await clock.advance(1);
      expect(await claim(start())).toBe("a");
      expect(losses).toBe(2);
    });

    test("a claim notices it too, even if nobody has renewed", async () => {
      await beat(one, "a");
      await claim(two);
      await empty();
      expect(await claim(two)).toBeNull();
      await beat(start(), "a");
      expect(await claim(start())).toBeNull();
      await clock.advance(10_000);
      expect(await claim(two)).toBe("a");
    });

    test("what a process without memory has begun is suspected as soon as one with memory comes", async () => {
      await beat(one, "a");
      await claim(one);
      await empty();
      const fresh = start();
      await beat(fresh, "b");
      await clock.advance(2_000);
      await beat(one, "a");
      expect(await claim(fresh)).toBeNull();
      await clock.advance(8_000);
      expect(await claim(fresh)).not.toBeNull();
    });

    test("everything but claims goes on meanwhile", async () => {
      await beat(one, "a");
      await empty();
      expect((await beat(one, "a"))?.created).toBe(true);
      expect(await one.find({ id: "a" })).toMatchObject({ state: "idle" });
      expect(await one.occupy("a")).toMatchObject({ state: "busy" });
      expect(await one.counts()).toMatchObject({ idle: 0, allocated: 0, busy: 1 });
      expect(await one.free("a", "any")).toMatchObject({ state: "idle" });
    });

    test("a store that is lost twice is suspected twice", async () => {
      await beat(one, "a");
      await empty();
      await beat(one, "a");
      await clock.advance(9_000);
      await empty();
      await beat(one, "a");
      await clock.advance(9_000);
      expect(await claim(one)).toBeNull();
      await clock.advance(1_000);
      expect(await claim(one)).toBe("a");
    });
  });
});
