import { beforeEach, describe, expect, test } from "bun:test";
import { createRedisLeases } from "../../src/adapters/redis/leases/leases.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

forEachRedis((adapter, makeCalls) => {
  describe(`leases on ${adapter} that came idle without their owner's word`, () => {
    let clock: VirtualClock;
    let leases: ReturnType<typeof createRedisLeases>;

    const beat = (id: string, state?: "idle" | "busy") =>
      leases.renew({ id, group: "eu", alias: id, value: "v", ttlMs: 30_000, state });
    const claim = async () => (await leases.claim({ forMs: 10_000, pick: 0 }))!;
    const freed = async () => (await leases.freed()).map(({ id, state }) => `${id} ${state}`).toSorted();

    beforeEach(async () => {
      for (const master of makeCalls().masters) await master.flushall();
      clock = createVirtualClock(1_750_000_000_123);
      leases = createRedisLeases({ calls: makeCalls(), pool: "pool", clock });
    });

    test("are told once, whoever noticed that their allocation lapsed", async () => {
      await beat("a");
      await claim();
      await beat("b");
      await claim();
      expect(await freed()).toEqual([]);
      await clock.advance(10_000);
      await leases.find({ id: "a" });
      await leases.sweep();
      expect(await leases.freed()).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({ id: "a", alias: "a", value: "v", state: "idle" }),
          expect.objectContaining({ id: "b", state: "idle" }),
        ]),
      );
      expect(await freed()).toEqual([]);
    });

    test("are told when a timed busy lapses, or an allocation is given back", async () => {
      await beat("a");
      await leases.occupy("a", 5_000);
      await beat("b");
      const { epoch } = await claim();
      await leases.release("b", epoch, "idle");
      expect(await freed()).toEqual(["b idle"]);
      await clock.advance(5_000);
      await leases.sweep();
      expect(await freed()).toEqual(["a idle"]);
    });

    test("are told as they are by then, and not at all once they are gone", async () => {
      for (const id of ["a", "b", "c"]) {
        await beat(id);
        await claim();
      }
      await clock.advance(10_000);
      await leases.sweep();
      await leases.occupy("a");
      await leases.end("b");
      expect(await freed()).toEqual(["a busy", "c idle"]);
    });

    test("are not those that their owner has freed, or that are withheld", async () => {
      await beat("a");
      await claim();
      await leases.free("a", "any");
      const { epoch } = await claim();
      await leases.release("a", epoch, "withhold");
      await beat("a");
      expect(await freed()).toEqual([]);
    });

    test("are told some at a time when there are many", async () => {
      await Promise.all(Array.from({ length: 500 }, (_, n) => beat(`h${n}`)));
      await Promise.all(Array.from({ length: 500 }, claim));
      await clock.advance(10_000);
      await leases.sweep();
      const bites = [await freed(), await freed(), await freed(), await freed()];
      expect(bites.map(({ length }) => length)).toEqual([200, 200, 100, 0]);
      expect(new Set(bites.flat()).size).toBe(500);
    });
  });
});
