import { beforeEach, describe, expect, test } from "bun:test";
import type { Quota, Rates } from "../../src/ports/rates.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes counts that nothing has been counted on; two calls give two that never see each other. */
export type MakeRates = (clock: VirtualClock) => Rates;

/** Every sentence of the port's comment, run against one adapter. */
export function ratesContract(adapter: string, make: MakeRates): void {
  describe(`rates on ${adapter}`, () => {
    const quota: Quota = { limit: 3, windowMs: 60_000 };
    let clock: VirtualClock;
    let rates: Rates;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      rates = make(clock);
    });

    const take = (key = "a", of = quota) => rates.take(key, of);
    const allowed = async (key = "a", of = quota) => (await take(key, of)).allowed;

    test("allows as many uses as the quota has, and says what is left", async () => {
      expect(await take()).toEqual({ allowed: true, remaining: 2, resetMs: 60_000, retryMs: 0 });
      await clock.advance(1_000);
      expect(await take()).toEqual({ allowed: true, remaining: 1, resetMs: 60_000, retryMs: 0 });
      expect(await take()).toEqual({ allowed: true, remaining: 0, resetMs: 60_000, retryMs: 59_000 });
      expect(await take()).toEqual({ allowed: false, remaining: 0, resetMs: 60_000, retryMs: 59_000 });
    });

    test("keys have nothing to do with each other", async () => {
      for (let use = 0; use < 4; use++) await take("a");
      expect(await allowed("b")).toBe(true);
      expect(await allowed("a:b")).toBe(true);
      expect(await allowed("")).toBe(true);
    });

    test("uses that come at once are counted one by one, each on its key", async () => {
      const uses = Array.from(
        { length: 60 },
        (_, n) => [n % 4 === 3 ? "crowded" : `own-${n}`, { limit: 5, windowMs: 60_000 }] as const,
      );
      const taken = await Promise.all(uses.map(([key, of]) => take(key, of)));
      const crowded = taken.filter((_, n) => n % 4 === 3);
      expect(crowded.map(({ allowed: isAllowed }) => isAllowed)).toEqual(crowded.map((_, n) => n < 5));
      expect(crowded.map(({ remaining }) => remaining)).toEqual(crowded.map((_, n) => Math.max(0, 4 - n)));
      const own = taken.filter((_, n) => n % 4 !== 3);
      expect(own.every(({ remaining }) => remaining === 4)).toBe(true);
    });

    test("those that come at once hear what they would have heard one by one", async () => {
      await take();
      await clock.advance(1_000);
      const last = { remaining: 0, resetMs: 60_000, retryMs: 59_000 };
      expect(await Promise.all(Array.from({ length: 6 }, () => take()))).toEqual([
        { allowed: true, remaining: 1, resetMs: 60_000, retryMs: 0 },
        { allowed: true, ...last },
        ...Array.from({ length: 4 }, () => ({ allowed: false, ...last })),
      ]);
      await clock.advance(9_000);
      const refused = { allowed: false, remaining: 0, resetMs: 51_000, retryMs: 50_000 };
      expect(await Promise.all(Array.from({ length: 6 }, () => take()))).toEqual(
        Array.from({ length: 6 }, () => refused),
      );
    });

    test("the window slides: each use comes back when it is as old as the window, not before", async () => {
      for (let use = 0; use < 3; use++) {
        await take();
        await clock.advance(10_000);
      }
      await clock.advance(29_999);
      expect(await allowed()).toBe(false);
      await clock.advance(1);
      expect(await allowed()).toBe(true);
      expect(await take()).toMatchObject({ allowed: false, retryMs: 10_000 });
    });

    test("one use is allowed exactly when retryMs is over", async () => {
      for (let use = 0; use < 3; use++) await take();
      const { retryMs } = await take();
      await clock.advance(retryMs - 1);
      expect(await allowed()).toBe(false);
      await clock.advance(1);
      expect(await allowed()).toBe(true);
    });

    test("all of the quota is there again when resetMs is over", async () => {
      await take();
      await clock.advance(5_000);
      const { resetMs } = await take();
      await clock.advance(resetMs);
      expect(await take()).toMatchObject({ allowed: true, remaining: 2 });
    });

    test("a use that is refused does not count", async () => {
      for (let use = 0; use < 3; use++) await take();
      await clock.advance(59_000);
      for (let use = 0; use < 20; use++) expect(await allowed()).toBe(false);
      await clock.advance(1_000);
      expect(await take()).toMatchObject({ allowed: true, remaining: 2 });
    });

    test("of many at once exactly the quota is allowed", async () => {
      const uses = await Promise.all(Array.from({ length: 200 }, () => take("a", { limit: 50, windowMs: 1_000 })));
      expect(uses.filter((use) => use.allowed)).toHaveLength(50);
    });

    test("in no window, wherever it begins, are there more uses than the quota", async () => {
      const times: number[] = [];
      for (let step = 0; step < 300; step++) {
        if (await allowed("a", { limit: 7, windowMs: 1_000 })) times.push(clock.now());
        await clock.advance((step * 37) % 211);
      }
      expect(times.length).toBeGreaterThan(100);
      for (const start of times) {
        expect(times.filter((time) => time >= start && time < start + 1_000).length).toBeLessThanOrEqual(7);
      }
    });

    test("a quota that became smaller or larger counts from then on", async () => {
      for (let use = 0; use < 3; use++) {
        await take();
        await clock.advance(1_000);
      }
      expect(await take("a", { limit: 1, windowMs: 60_000 })).toEqual({
        allowed: false,
        remaining: 0,
        resetMs: 59_000,
        retryMs: 59_000,
      });
      expect(await take("a", { limit: 5, windowMs: 60_000 })).toMatchObject({ allowed: true, remaining: 1 });
    });

    test("keys of any content are keys", async () => {
      for (const key of ["a b", "{a}", "a\u0000b", "é🙂", "x".repeat(1_000)]) {
        expect(await take(key, { limit: 1, windowMs: 1_000 })).toMatchObject({ allowed: true });
        expect(await take(key, { limit: 1, windowMs: 1_000 })).toMatchObject({ allowed: false });
      }
    });
  });
}
