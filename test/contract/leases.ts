import { beforeEach, describe, expect, test } from "bun:test";
import type { LeasePages } from "../../src/ports/lease-pages.ts";
import type { Leases, Renewal } from "../../src/ports/leases.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes an empty pool; two calls give two pools that never see each other. */
export type MakeLeases = (clock: VirtualClock) => Leases & LeasePages;

/** Every sentence of the port's comment, run against one adapter. */
export function leasesContract(adapter: string, make: MakeLeases): void {
  describe(`leases on ${adapter}`, () => {
    let clock: VirtualClock;
    let leases: Leases & LeasePages;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      leases = make(clock);
    });

    const renew = (id: string, more: Partial<Renewal> = {}) =>
      leases.renew({ id, group: "eu", alias: `room-${id}`, value: `{"of":"${id}"}`, ttlMs: 30_000, ...more });
    const beat = async (id: string, more: Partial<Renewal> = {}) => (await renew(id, more))!;
    const claim = (group?: string) =>
      leases.claim({ ...(group === undefined ? {} : { group }), forMs: 10_000, pick: Math.random() });

    describe("page", () => {
      const all = async (limit: number): Promise<readonly string[]> => {
        const ids: string[] = [];
        let from: string | null = null;
        do {
          const page: Awaited<ReturnType<LeasePages["page"]>> = await leases.page(from, limit);
          ids.push(...page.leases.map(({ id }) => id));
          from = page.next;
        } while (from !== null);
        return [...new Set(ids)].toSorted();
      };

      test("hands out every live lease, as it is", async () => {
        expect(await leases.page(null, 10)).toMatchObject({ leases: [], next: null });
        const { lease } = await beat("a", { state: "busy" });
        expect(await leases.page(null, 10)).toMatchObject({ leases: [lease], next: null });
        await beat("b", { ttlMs: 1_000 });
        await clock.advance(1_000);
        expect(await all(10)).toEqual(["a"]);
      });

      test("goes on from page to page while leases come and go", async () => {
        const ids = Array.from({ length: 300 }, (_, n) => `h${n}`);
        for (const id of ids) await beat(id);
        expect(await all(7)).toEqual(ids.toSorted());
        const first = await leases.page(null, 50);
        await leases.end("h299");
        await beat("h0", { state: "busy" });
        let from = first.next;
        const seen = new Set(first.leases.map(({ id }) => id));
        while (from !== null) {
          const page = await leases.page(from, 50);
          for (const { id } of page.leases) seen.add(id);
          from = page.next;
        }
        expect(ids.filter((id) => id !== "h299" && !seen.has(id))).toEqual([]);
      });

      test("misses none of those that stay, whichever go and come between the pages", async () => {
        const ids = Array.from({ length: 300 }, (_, n) => `h${n}`);
        for (const id of ids) await beat(id);
        const staying = new Set(ids);
        const seen = new Set<string>();
        let from: string | null = null;
        for (let round = 0; round === 0 || from !== null; round++) {
          const page: Awaited<ReturnType<LeasePages["page"]>> = await leases.page(from, 20);
          for (const { id } of page.leases) seen.add(id);
          for (const id of [...staying].filter((_, at) => at % 9 === round % 9).slice(0, 8)) {
            staying.delete(id);
            await leases.end(id);
            await beat(`new-${round}-${id}`);
          }
          from = page.next;
        }
        expect([...staying].filter((id) => !seen.has(id))).toEqual([]);
      });

      test("goes on after a page that is asked for again, whichever have come in between", async () => {
        const ids = Array.from({ length: 300 }, (_, n) => `h${n}`);
        for (const id of ids) await beat(id);
        const { leases: found, from: began } = await leases.page(null, 200);
        const half = found.map(({ id }) => id).toSorted();
        const last = half[half.length >> 1]!;
        const seen = new Set(half.filter((id) => id <= last));
        for (let n = 0; n < 20; n++) await beat(`new-${n}`);
        const again = await leases.page(began, 200);
        for (const { id } of again.leases) if (id > last) seen.add(id);
        for (let from = again.next; from !== null;) {
          const page: Awaited<ReturnType<LeasePages["page"]>> = await leases.page(from, 200);
          for (const { id } of page.leases) seen.add(id);
          from = page.next;
        }
        expect(ids.filter((id) => !seen.has(id))).toEqual([]);
      });
    });

    describe("renew", () => {
      test("makes an idle lease and says that it is new", async () => {
        const { lease, created } = await beat("a");
        expect(created).toBe(true);
        expect(lease).toEqual({
          id: "a",
          group: "eu",
          alias: "room-a",
          value: '{"of":"a"}',
          state: "idle",
          hold: null,
          expiresAt: clock.now() + 30_000,
          epoch: 0,
          revision: expect.any(Number),
        });
      });

      test("keeps an object, or the JSON of it", async () => {
        const value = { of: "a", deep: [{ er: "é" }], nothing: null };
        await beat("a", { value });
        const [claimed, found] = [
          await leases.claim({ group: "eu", forMs: 1_000, pick: 0 }),
          await leases.find({ id: "a" }),
        ];
        const { leases: page } = await leases.page(null, 10);
        for (const lease of [claimed, found, page[0]]) {
          const kept = lease!.value;
          expect(typeof kept === "string" ? JSON.parse(kept) : kept).toEqual(value);
        }
      });

      test("prolongs a lease and replaces value, alias and group", async () => {
        await beat("a");
        await clock.advance(20_000);
        const { lease, created } = await beat("a", { group: "us", alias: "other", value: "é\u0000\n" });
        expect(created).toBe(false);
        expect(lease).toMatchObject({
          group: "us",
          alias: "other",
          value: "é\u0000\n",
          expiresAt: clock.now() + 30_000,
        });
        expect(await leases.find({ alias: "room-a" })).toBeNull();
        expect(await claim("eu")).toBeNull();
        expect(await claim("us")).toMatchObject({ id: "a" });
      });

      test("shortens a lease when the new time to live ends sooner", async () => {
        await beat("a");
        await beat("a", { ttlMs: 1_000 });
        await clock.advance(1_000);
        expect(await leases.sweep()).toBe(1);
        expect(await leases.find({ id: "a" })).toBeNull();
      });

      test("a lease that began busy is not claimed until it renews as idle", async () => {
        expect((await beat("a", { state: "busy" })).lease).toMatchObject({ state: "busy", hold: "soft" });
        expect(await claim()).toBeNull();
        expect((await beat("a")).lease.state).toBe("busy");
        expect((await beat("a", { state: "idle" })).lease).toMatchObject({ state: "idle", hold: null });
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("begin withheld holds a new lease back until its owner renews again, and does not touch an old one", async () => {
        expect((await beat("a", { state: "idle", begin: "withheld" })).lease).toMatchObject({
          state: "busy",
          hold: "withheld",
        });
        expect(await claim()).toBeNull();
        expect((await beat("a", { state: "idle", begin: "withheld" })).lease.state).toBe("idle");
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("idle undoes neither an allocation nor a firm busy", async () => {
        await beat("a");
        await claim();
        expect((await beat("a", { state: "idle" })).lease.state).toBe("allocated");
        await leases.occupy("a");
        expect((await beat("a", { state: "idle" })).lease).toMatchObject({ state: "busy", hold: "firm" });
      });

      test("busy ends an allocation, and does not soften a firm busy", async () => {
        await beat("a");
        const held = await claim();
        expect((await beat("a", { state: "busy" })).lease).toMatchObject({ state: "busy", hold: "soft" });
        expect(await leases.release("a", held!.epoch, "idle")).toBe(false);
        await leases.occupy("a");
        expect((await beat("a", { state: "busy" })).lease.hold).toBe("firm");
      });
    });

    describe("time", () => {
      test("a lease is gone the moment it expires, swept or not", async () => {
        await beat("a");
        await clock.advance(29_999);
        expect(await leases.find({ id: "a" })).not.toBeNull();
        await clock.advance(1);
        expect(await leases.find({ id: "a" })).toBeNull();
        expect(await leases.find({ alias: "room-a" })).toBeNull();
        expect(await leases.occupy("a")).toBeNull();
        expect(await leases.free("a", "any")).toBeNull();
        expect(await claim()).toBeNull();
        expect(await leases.end("a")).toBeNull();
        expect((await beat("a")).created).toBe(true);
      });

      test("an expired lease comes back without what it was", async () => {
        await beat("a");
        await leases.occupy("a");
        await clock.advance(30_000);
        expect((await beat("a")).lease).toMatchObject({ state: "idle", hold: null });
      });

      test("an allocation lapses back to idle on its own time", async () => {
        await beat("a");
        await claim();
        await clock.advance(9_999);
        expect(await claim()).toBeNull();
        await clock.advance(1);
        expect(await leases.find({ id: "a" })).toMatchObject({ state: "idle" });
        expect(await claim()).toMatchObject({ id: "a", state: "allocated" });
      });

      test("a timed busy lapses unless it is said again", async () => {
        await beat("a");
        expect(await leases.occupy("a", 5_000)).toMatchObject({ state: "busy", hold: "timed" });
        await clock.advance(4_000);
        await leases.occupy("a", 5_000);
        await clock.advance(4_999);
        expect(await claim()).toBeNull();
        expect(await leases.counts()).toMatchObject({ idle: 0, allocated: 0, busy: 1 });
        await clock.advance(1);
        expect(await leases.counts()).toMatchObject({ idle: 1, allocated: 0, busy: 0 });
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("sweep forgets what expired and tells how many went", async () => {
        for (let n = 0; n < 5; n++) await beat(`old-${n}`);
        await clock.advance(15_000);
        await beat("young");
        expect(await leases.sweep()).toBe(0);
        await clock.advance(15_000);
        expect(await leases.sweep()).toBe(5);
        expect(await leases.counts()).toMatchObject({ idle: 1, allocated: 0, busy: 0 });
      });

      test("ending and remaking a lease many times does not multiply it", async () => {
        for (let n = 0; n < 10; n++) {
          await beat("a");
          await leases.end("a");
        }
        await beat("a");
        await clock.advance(25_000);
        await beat("a");
        await clock.advance(25_000);
        expect(await leases.sweep()).toBe(0);
        await clock.advance(5_000);
        expect(await leases.sweep()).toBe(1);
      });
    });

    describe("claim", () => {
      test("allocates one idle lease, with a growing epoch over the whole pool", async () => {
        await beat("a");
        await beat("b");
        const first = await claim();
        const second = await claim();
        expect([first!.id, second!.id].sort()).toEqual(["a", "b"]);
        expect(first).toMatchObject({ state: "allocated" });
        expect(second!.epoch).toBeGreaterThan(first!.epoch);
        expect(await claim()).toBeNull();
      });

      test("keeps to the group, or takes any", async () => {
        await beat("a", { group: "eu" });
        await beat("b", { group: "us" });
        expect(await claim("asia")).toBeNull();
        expect(await claim("us")).toMatchObject({ id: "b" });
        expect(await claim("us")).toBeNull();
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("a group may have any name, the empty one and those with colons and braces too", async () => {
        for (const group of ["", "a:b", "{x}", "idle", "😀", "__proto__"]) {
          await beat(`in-${group}`, { group });
          expect(await claim(group)).toMatchObject({ id: `in-${group}`, group });
          expect(await claim(group)).toBeNull();
        }
      });

      test("any of the idle is as likely as any other", async () => {
        const ids = Array.from({ length: 10 }, (_, n) => `h${n}`);
        for (const id of ids) await beat(id);
        const times = new Map(ids.map((id) => [id, 0]));
        for (let n = 0; n < 1_000; n++) {
          const lease = await leases.claim({ forMs: 10_000, pick: Math.random() });
          times.set(lease!.id, times.get(lease!.id)! + 1);
          await leases.release(lease!.id, lease!.epoch, "idle");
        }
        // Some six times the standard deviation from what is due.
        for (const often of times.values()) expect(Math.abs(often - 100)).toBeLessThan(60);
      });

      test("1,000 claims at once over 100 leases get 100 different ones and 900 refusals", async () => {
        await Promise.all(Array.from({ length: 100 }, (_, n) => beat(`h${n}`)));
        const got = await Promise.all(Array.from({ length: 1_000 }, () => claim()));
        const ids = got.filter((lease) => lease !== null).map((lease) => lease.id);
        expect(ids.length).toBe(100);
        expect(new Set(ids).size).toBe(100);
        expect(await leases.counts()).toMatchObject({ idle: 0, allocated: 100, busy: 0 });
      });

      test("claims at once of several groups each get what they asked for", async () => {
        for (let n = 0; n < 90; n++) await beat(`h${n}`, { group: `g${n % 3}` });
        const wanted = Array.from({ length: 60 }, (_, n) => (n % 4 === 3 ? undefined : `g${n % 4}`));
        const got = await Promise.all(wanted.map((group) => claim(group)));
        for (const [n, group] of wanted.entries()) if (group !== undefined) expect(got[n]).toMatchObject({ group });
        expect(new Set(got.map((lease) => lease!.id)).size).toBe(60);
        expect(new Set(got.map((lease) => lease!.epoch)).size).toBe(60);
        for (const { id, epoch, revision } of got.map((lease) => lease!)) {
          expect(await leases.find({ id })).toMatchObject({ state: "allocated", epoch, revision });
        }
      });

      test("claims at once for different times are each held for their own", async () => {
        for (let n = 0; n < 60; n++) await beat(`h${n}`, { group: `g${n % 2}` });
        const wanted = Array.from({ length: 40 }, (_, n) => ({
          group: `g${n % 2}`,
          forMs: n % 3 === 0 ? 5_000 : 10_000,
        }));
        const got = await Promise.all(wanted.map((one) => leases.claim({ ...one, pick: 0.5 })));
        for (const [n, lease] of got.entries()) expect(lease).toMatchObject({ group: wanted[n]!.group, hold: null });
        await clock.advance(5_000);
        for (const [n, lease] of got.entries()) {
          const state = wanted[n]!.forMs === 5_000 ? "idle" : "allocated";
          expect((await leases.find({ id: lease!.id }))?.state).toBe(state);
        }
      });

      test("claims at once, of a group or of any, take every lease there is and none twice", async () => {
        for (let n = 0; n < 90; n++) await beat(`h${n}`, { group: `g${n % 3}` });
        const wanted = Array.from({ length: 400 }, (_, n) => (n % 2 === 0 ? undefined : `g${n % 3}`));
        const ids = (await Promise.all(wanted.map((group) => claim(group)))).flatMap((lease) => lease?.id ?? []);
        expect([ids.length, new Set(ids).size]).toEqual([90, 90]);
        expect(await leases.counts()).toMatchObject({ idle: 0, allocated: 90 });
      });

      test("claims at once pass over those that have expired, and count none of the others short", async () => {
        for (let n = 0; n < 40; n++) await beat(`dead-${n}`, { ttlMs: 1_000 });
        for (let n = 0; n < 40; n++) await beat(`alive-${n}`, { ttlMs: 60_000 });
        await clock.advance(2_000);
        const got = await Promise.all(Array.from({ length: 60 }, () => claim()));
        expect(got.filter((lease) => lease !== null)).toHaveLength(40);
      });

      test("finds the one live lease among a thousand that expired unswept", async () => {
        for (let n = 0; n < 1_000; n++) await beat(`dead-${n}`);
        await clock.advance(20_000);
        await beat("alive");
        await clock.advance(10_000);
        expect(await claim()).toMatchObject({ id: "alive" });
        expect(await claim()).toBeNull();
      });
    });

    describe("release", () => {
      test("gives an allocation back once, to whoever holds its epoch", async () => {
        await beat("a");
        const stale = await claim();
        await clock.advance(10_000);
        const fresh = await claim();
        expect(await leases.release("a", stale!.epoch, "idle")).toBe(false);
        expect(await leases.find({ id: "a" })).toMatchObject({ state: "allocated" });
        expect(await leases.release("a", fresh!.epoch, "idle")).toBe(true);
        expect(await leases.release("a", fresh!.epoch, "idle")).toBe(false);
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("withhold keeps the lease from every claim until its owner renews, whatever it says", async () => {
        await beat("a");
        const lease = await claim();
        expect(await leases.release("a", lease!.epoch, "withhold")).toBe(true);
        expect(await claim()).toBeNull();
        await beat("a");
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("an epoch does not come back with a lease of the same id", async () => {
        await beat("a");
        const before = await claim();
        await leases.end("a");
        await beat("a");
        const after = await claim();
        expect(after!.epoch).toBeGreaterThan(before!.epoch);
        expect(await leases.release("a", before!.epoch, "idle")).toBe(false);
      });
    });

    describe("an allocation whose lease expires before it", () => {
      const swept = async (isSwept: boolean): Promise<void> => void (isSwept && (await leases.sweep()));
      /** Claimed a moment before the lease expires: the allocation has ten seconds more. */
      const outlive = async (isSwept = true) => {
        await beat("a");
        await clock.advance(29_000);
        const claimed = await leases.claim({ group: "eu", forMs: 11_000, pick: 0 });
        await clock.advance(1_000);
        await swept(isSwept);
        expect(await leases.find({ id: "a" })).toBeNull();
        expect(await leases.counts()).toMatchObject({ idle: 0, allocated: 0, busy: 0 });
        return claimed!;
      };

      for (const isSwept of [true, false]) {
        test(`goes on in the next lease until its own time${isSwept ? "" : ", swept or not"}`, async () => {
          const { epoch } = await outlive(isSwept);
          await clock.advance(4_000);
          await swept(isSwept);
          const { lease, created, moved } = await beat("a", { state: "idle" });
          expect({ created, moved }).toEqual({ created: true, moved: true });
          expect(lease).toMatchObject({ state: "allocated", hold: null, epoch });
          expect(await leases.counts()).toMatchObject({ idle: 0, allocated: 1, busy: 0 });
          await clock.advance(5_999);
          expect((await beat("a", { state: "idle" })).lease.state).toBe("allocated");
          expect(await claim()).toBeNull();
          await clock.advance(1);
          expect(await leases.counts()).toMatchObject({ idle: 1, allocated: 0, lapsed: 1 });
          expect((await claim())!.epoch).toBeGreaterThan(epoch);
        });
      }

      test("is over at its own time even if no lease comes before", async () => {
        await outlive();
        await clock.advance(10_000);
        expect((await beat("a")).lease).toMatchObject({ state: "idle", epoch: 0 });
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("goes on through as many leases as there are", async () => {
        const { epoch } = await outlive();
        for (let n = 0; n < 3; n++) {
          await beat("a", { ttlMs: 1_000 });
          await clock.advance(2_000);
        }
        expect((await beat("a")).lease).toMatchObject({ state: "allocated", epoch });
        await clock.advance(4_000);
        expect(await leases.find({ id: "a" })).toMatchObject({ state: "idle" });
      });

      test("is not kept from its end by a lease that begins withheld", async () => {
        await outlive();
        for (let n = 0; n < 2; n++) {
          expect((await beat("a", { state: "idle", begin: "withheld" })).lease.state).toBe("allocated");
        }
        await clock.advance(10_000);
        expect(await claim()).toMatchObject({ id: "a" });
      });

      test("ends with a lease that begins busy", async () => {
        const { epoch } = await outlive();
        expect((await beat("a", { state: "busy" })).lease).toMatchObject({ state: "busy", hold: "soft" });
        expect(await leases.release("a", epoch, "idle")).toBe(false);
        await leases.end("a");
        expect((await beat("a")).lease.state).toBe("idle");
        await leases.end("a");
        await outlive();
        expect((await beat("a", { state: "busy", begin: "withheld" })).lease.hold).toBe("withheld");
        expect((await beat("a")).lease.state).toBe("idle");
      });

      for (const isBack of [true, false]) {
        const when = isBack ? "in the next lease" : "while there is no lease";
        test(`is given back by its epoch alone, ${when}`, async () => {
          const { epoch } = await outlive();
          if (isBack) await beat("a");
          expect(await leases.release("a", epoch + 1, "idle")).toBe(false);
          expect(await leases.release("a", epoch, "idle")).toBe(true);
          expect(await leases.release("a", epoch, "idle")).toBe(false);
          await beat("a");
          expect(await claim()).toMatchObject({ id: "a" });
        });

        test(`ends when its host does or is freed, ${when}`, async () => {
          for (const finish of [() => leases.end("a"), () => leases.free("a", "any")]) {
            await outlive();
            if (isBack) await beat("a");
            expect((await finish()) !== null).toBe(isBack);
            expect((await beat("a")).lease.state).toBe("idle");
            expect(await claim()).toMatchObject({ id: "a" });
            await leases.end("a");
          }
        });
      }

      test("is not ended by a room that empties", async () => {
        await outlive();
        expect(await leases.free("a", "held")).toBeNull();
        expect((await beat("a")).lease.state).toBe("allocated");
      });

      test("stays its own host's, whoever has the alias by then", async () => {
        const { epoch } = await outlive();
        expect((await beat("b", { alias: "room-a" })).lease.state).toBe("idle");
        expect(await renew("a", { exclusive: true })).toBeNull();
        expect((await beat("a")).lease).toMatchObject({ state: "allocated", epoch });
      });
    });

    describe("occupy and free", () => {
      test("occupy ends an allocation", async () => {
        await beat("a");
        const lease = await claim();
        expect(await leases.occupy("a")).toMatchObject({ state: "busy", hold: "firm" });
        expect(await leases.release("a", lease!.epoch, "idle")).toBe(false);
        await clock.advance(10_000);
        expect(await claim()).toBeNull();
      });

      test("free held undoes a firm or timed busy and nothing else", async () => {
        await beat("soft", { state: "busy" });
        expect(await leases.free("soft", "held")).toMatchObject({ state: "busy" });
        await beat("held");
        await claim();
        expect(await leases.free("held", "held")).toMatchObject({ state: "allocated" });
        await leases.occupy("held");
        expect(await leases.free("held", "held")).toMatchObject({ state: "idle", hold: null });
        await leases.occupy("held", 5_000);
        expect(await leases.free("held", "held")).toMatchObject({ state: "idle", hold: null });
      });

      test("a timed busy is neither softened by a renewal nor does it soften a firm one", async () => {
        await beat("a");
        await leases.occupy("a", 5_000);
        expect((await beat("a", { state: "idle" })).lease).toMatchObject({ state: "busy", hold: "timed" });
        expect((await beat("a", { state: "busy" })).lease.hold).toBe("timed");
        await leases.occupy("a");
        expect(await leases.occupy("a", 5_000)).toMatchObject({ hold: "firm" });
        await clock.advance(5_000);
        expect(await leases.find({ id: "a" })).toMatchObject({ state: "busy", hold: "firm" });
      });

      test("free any undoes everything", async () => {
        await beat("a", { state: "busy" });
        expect(await leases.free("a", "any")).toMatchObject({ state: "idle" });
        const lease = await claim();
        expect(await leases.free("a", "any")).toMatchObject({ state: "idle" });
        expect(await leases.release("a", lease!.epoch, "idle")).toBe(false);
        await leases.occupy("a");
        expect(await leases.free("a", "any")).toMatchObject({ state: "idle" });
        expect(await claim()).toMatchObject({ id: "a" });
      });
    });

    describe("an alias", () => {
      const holder = async () => (await leases.find({ alias: "room" }))?.id;

      test("leads to the first lease that renewed with it, until that one ends", async () => {
        await beat("a", { alias: "room" });
        expect(await beat("b", { alias: "room" })).toMatchObject({
          created: true,
          moved: false,
          lease: { alias: "room" },
        });
        expect(await holder()).toBe("a");
        await leases.end("b");
        await beat("b", { alias: "room" });
        await leases.end("a");
        expect(await holder()).toBeUndefined();
        expect(await beat("b", { alias: "room" })).toMatchObject({ created: false, moved: true });
        await beat("a", { alias: "room" });
        expect(await holder()).toBe("b");
      });

      test("goes to whoever renews with it after its lease expired, or renewed with another", async () => {
        await beat("a", { alias: "room" });
        await clock.advance(20_000);
        await beat("b", { alias: "room" });
        await clock.advance(10_000);
        expect((await beat("b", { alias: "room" })).moved).toBe(true);
        await beat("a", { alias: "room" });
        await beat("b", { alias: "elsewhere" });
        expect(await holder()).toBeUndefined();
        expect((await beat("a", { alias: "room" })).moved).toBe(true);
      });

      test("comes back to a lease that expired and is made again", async () => {
        await beat("a", { alias: "room" });
        await clock.advance(30_000);
        expect(await beat("a", { alias: "room" })).toMatchObject({ created: true, moved: true });
        expect(await holder()).toBe("a");
      });

      test("that leads to another lease refuses an exclusive renewal, and changes nothing", async () => {
        await beat("a", { alias: "room" });
        await beat("b");
        expect(await renew("b", { alias: "room", exclusive: true })).toBeNull();
        expect(await renew("c", { alias: "room", exclusive: true })).toBeNull();
        expect(await leases.find({ id: "b" })).toMatchObject({ alias: "room-b" });
        expect(await leases.find({ id: "c" })).toBeNull();
        expect(await renew("a", { alias: "room", exclusive: true })).toMatchObject({ created: false, moved: false });
        await clock.advance(30_000);
        expect(await renew("c", { alias: "room", exclusive: true })).toMatchObject({ created: true, moved: true });
      });

      test("wanted by many at once goes to one of them", async () => {
        const ids = Array.from({ length: 50 }, (_, n) => `h${n}`);
        const renewed = await Promise.all(ids.map((id) => renew(id, { alias: "room", exclusive: true })));
        expect(renewed.flatMap((one) => one?.lease.id ?? [])).toEqual([(await holder())!]);
      });
    });

    test("a renewal tells whether the lease is new, and whether its alias has come to it", async () => {
      expect(await beat("a")).toMatchObject({ created: true, moved: true });
      expect(await beat("a")).toMatchObject({ created: false, moved: false });
      expect(await beat("a", { alias: "elsewhere" })).toMatchObject({ created: false, moved: true });
    });

    test("every change has a higher revision than all before it", async () => {
      const revisions: number[] = [];
      const note = (lease: { revision: number } | null) => revisions.push(lease!.revision);
      note((await beat("a")).lease);
      note((await beat("b")).lease);
      note((await beat("a")).lease);
      const held = await leases.claim({ forMs: 1_000, pick: 0 });
      note(held);
      await leases.release(held!.id, held!.epoch, "idle");
      note(await leases.find({ id: held!.id }));
      note(await leases.occupy("a"));
      note(await leases.free("a", "any"));
      note(await leases.occupy("b", 1_000));
      await clock.advance(1_000);
      note(await leases.find({ id: "b" }));
      revisions.push((await leases.end("a"))!);
      note((await beat("a")).lease);
      expect(revisions).toEqual(revisions.toSorted((x, y) => x - y));
      expect(new Set(revisions).size).toBe(revisions.length);
    });

    test("missing names those without a live lease", async () => {
      await beat("a");
      await beat("b", { ttlMs: 1_000 });
      expect(await leases.missing(["a", "b", "c"])).toEqual(["c"]);
      await clock.advance(1_000);
      expect(await leases.missing(["a", "b", "c"])).toEqual(["b", "c"]);
      expect(await leases.missing([])).toEqual([]);
    });

    test("names that are not there answer null or false", async () => {
      expect(await leases.find({ id: "nobody" })).toBeNull();
      expect(await leases.find({ alias: "nowhere" })).toBeNull();
      expect(await leases.occupy("nobody")).toBeNull();
      expect(await leases.free("nobody", "any")).toBeNull();
      expect(await leases.release("nobody", 1, "idle")).toBe(false);
      expect(await leases.end("nobody")).toBeNull();
      expect(await claim()).toBeNull();
    });

    test("counts tell how many are in each state, and how many allocations have lapsed", async () => {
      for (const id of ["a", "b", "c", "d"]) await beat(id);
      await claim();
      await leases.occupy((await claim())!.id);
      expect(await leases.counts()).toEqual({ idle: 2, allocated: 1, busy: 1, lapsed: 0 });
      await clock.advance(10_000);
      expect(await leases.counts()).toEqual({ idle: 3, allocated: 0, busy: 1, lapsed: 1 });
      await clock.advance(20_000);
      expect(await leases.counts()).toEqual({ idle: 0, allocated: 0, busy: 0, lapsed: 1 });
    });

    test("pools never see each other", async () => {
      const other = make(clock);
      await beat("a");
      expect(await other.find({ id: "a" })).toBeNull();
      expect(await other.claim({ forMs: 1_000, pick: 0 })).toBeNull();
    });
  });
}
