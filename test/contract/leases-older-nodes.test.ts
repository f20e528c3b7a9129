import { beforeEach, describe, expect, test } from "bun:test";
import { createRedisLeases } from "../../src/adapters/redis/leases/leases.ts";
import type { Leases } from "../../src/ports/leases.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

const P = "rendezvous:{pool}";

/** Nodes before 0.2 list idle leases by expiry, and know of no other list. What they write is written here by hand. */
forEachRedis((adapter, makeCalls, redis) => {
  describe(`leases on ${adapter} beside nodes before 0.2`, () => {
    let clock: VirtualClock;
    let leases: Leases;

    const beat = (id: string, group = "eu") => leases.renew({ id, group, alias: id, value: "v", ttlMs: 30_000 });
    const claim = async (group?: string) =>
      (await leases.claim({ ...(group === undefined ? {} : { group }), forMs: 10_000, pick: 0 }))?.id ?? null;
    const older = {
      async beats(id: string, group = "eu", formerly = "eu") {
        const { connection } = redis();
        const expires = clock.now() + 30_000;
        const own = { g: group, a: id, v: "v", s: "idle", h: "", x: expires, n: 0, u: 0, m: 1 };
        await connection.zrem(`${P}:idle:${formerly}`, id);
        await connection.hset(`${P}:lease:${id}`, own);
        for (const list of ["live", "idle", `idle:${group}`]) await connection.zadd(`${P}:${list}`, expires, id);
      },
      async claims(id: string, group = "eu") {
        const { connection } = redis();
        const until = clock.now() + 10_000;
        await connection.hset(`${P}:lease:${id}`, { s: "allocated", h: "", u: until, n: 2, m: 2 });
        for (const list of ["idle", `idle:${group}`]) await connection.zrem(`${P}:${list}`, id);
        await connection.zadd(`${P}:held`, until, id);
      },
      lists: async (group = "eu") => [
        ...(await redis().connection.zrange(`${P}:idle`, "0", "-1")),
        ...(await redis().connection.zrange(`${P}:idle:${group}`, "0", "-1")),
      ],
    };

    beforeEach(async () => {
      for (const master of makeCalls().masters) await master.flushall();
      clock = createVirtualClock(1_750_000_000_123);
      leases = createRedisLeases({ calls: makeCalls(), pool: "pool", clock });
    });

    for (const group of [undefined, "eu"]) {
      test(`one that beats there alone is found, and once${group === undefined ? "" : ", in its group"}`, async () => {
        await older.beats("a");
        await older.beats("b");
        expect(new Set([await claim(group), await claim(group)])).toEqual(new Set(["a", "b"]));
        expect(await claim(group)).toBeNull();
        expect(await older.lists()).toEqual([]);
      });
    }

    test("one that was found here is not found there, on whichever nodes it has beaten", async () => {
      await older.beats("a");
      await beat("a");
      expect(await older.lists()).toEqual([]);
      await older.beats("a");
      expect(await claim()).toBe("a");
      expect(await older.lists()).toEqual([]);
    });

    test("one that was found there is not found here before that has ended", async () => {
      await beat("a");
      await older.beats("a");
      await older.claims("a");
      expect([await claim(), await claim("eu")]).toEqual([null, null]);
      await clock.advance(10_000);
      expect(await claim("eu")).toBe("a");
    });

    test("one that has moved to another group there is found in that alone", async () => {
      await beat("a", "eu");
      await older.beats("a", "us", "eu");
      expect([await claim("eu"), await claim("us"), await claim()]).toEqual([null, "a", null]);
    });

    test("one that ends, or turns busy, here is on no list there", async () => {
      await older.beats("a");
      await older.beats("b");
      await leases.end("a");
      await leases.occupy("b");
      expect(await older.lists()).toEqual([]);
    });

    test("one that was found there, and whose lease is over, is not found here before that has ended", async () => {
      await older.beats("a");
      await clock.advance(25_000);
      await older.claims("a");
      await clock.advance(5_000);
      expect((await beat("a"))?.lease).toMatchObject({ state: "allocated", epoch: 2 });
      expect(await claim()).toBeNull();
      await clock.advance(5_000);
      expect(await claim()).toBe("a");
    });

    for (const group of [undefined, "eu"]) {
      test(`one that was found here, and is made anew there, is not found${group === undefined ? "" : " in its group"} before that has ended`, async () => {
        await older.beats("b");
        await beat("a");
        await clock.advance(25_000);
        await leases.occupy("b");
        expect(await claim(group)).toBe("a");
        await clock.advance(5_000);
        await leases.sweep();
        await older.beats("a");
        expect([await claim(group), await claim(group)]).toEqual([null, null]);
        expect(await leases.find({ id: "a" })).toMatchObject({ state: "allocated" });
        await clock.advance(5_000);
        expect(await claim(group)).toBe("a");
      });
    }

    test("no state is counted below nothing", async () => {
      await older.beats("a");
      await older.claims("a");
      expect(await leases.counts()).toEqual({ idle: 0, allocated: 1, busy: 0, lapsed: 0 });
    });
  });
});
