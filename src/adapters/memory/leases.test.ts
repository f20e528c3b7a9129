import { expect, test } from "bun:test";
import fc from "fast-check";
import { createMemoryLeases } from "./leases.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";

test("a page that is asked for again stands where it stood, whichever have gone in between", async () => {
  const leases = createMemoryLeases(createVirtualClock(1_000));
  const renew = (id: string) => leases.renew({ id, group: "eu", alias: `room-${id}`, value: "{}", ttlMs: 30_000 });
  const ids = Array.from({ length: 300 }, (_, n) => `h${String(n).padStart(3, "0")}`);
  for (const id of ids) await renew(id);
  const first = await leases.page(null, 200);
  expect(first).toMatchObject({ from: "300", next: "100" });
  for (const id of ["h299", "h250", "h003"]) await leases.end(id);
  const again = await leases.page(first.from, 200);
  expect(again.next).toBe("100");
  // Whoever has moved was seen before, and comes once more at most.
  const rest = await leases.page(again.next, 200);
  expect(rest.next).toBeNull();
  const shown = new Set([...again.leases, ...rest.leases].map(({ id }) => id));
  expect(ids.filter((id) => !shown.has(id))).toEqual(["h003", "h250", "h299"]);
  expect(again.leases.every(({ id }) => id >= "h100")).toBe(true);
});

test("a page that begins nowhere is empty, and the last", async () => {
  const leases = createMemoryLeases(createVirtualClock(1_000));
  await leases.renew({ id: "h", group: "eu", alias: "room", value: "{}", ttlMs: 30_000 });
  for (const nowhere of ["no number", "-1", "0.5"]) {
    expect(await leases.page(nowhere, 10)).toMatchObject({ leases: [], next: null });
  }
  expect(await leases.counts()).toMatchObject({ idle: 1 });
});

test("after a great dying one page leads to those that stayed", async () => {
  const clock = createVirtualClock(1_000);
  const leases = createMemoryLeases(clock);
  const renew = (id: string) => leases.renew({ id, group: "eu", alias: `room-${id}`, value: "{}", ttlMs: 30_000 });
  const ids = Array.from({ length: 5_000 }, (_, n) => `h${n}`);
  for (const id of ids) await renew(id);
  const stayed = ["h7", "h2500", "h4999"];
  await clock.advance(20_000);
  for (const id of stayed) await renew(id);
  await clock.advance(20_000);
  while ((await leases.sweep()) > 0);
  const { leases: page, next } = await leases.page(null, 50);
  expect(page.map(({ id }) => id).toSorted()).toEqual(stayed.toSorted());
  expect(next).toBeNull();
});

test("what was due of a lease that has ended does nothing to the one in its place", async () => {
  const clock = createVirtualClock(1_000);
  const leases = createMemoryLeases(clock);
  const renew = (id: string, ttlMs: number) => leases.renew({ id, group: "eu", alias: id, value: "{}", ttlMs });
  await renew("first", 10_000);
  await leases.claim({ group: "eu", forMs: 5_000, pick: 0 });
  await leases.end("first");
  await clock.advance(2_000);
  await renew("second", 30_000);
  expect(await leases.claim({ group: "eu", forMs: 5_000, pick: 0 })).toMatchObject({ id: "second", epoch: 2 });
  await clock.advance(3_500);
  expect(await leases.sweep()).toBe(0);
  expect(await leases.counts()).toMatchObject({ idle: 0, allocated: 1, lapsed: 0 });
  await clock.advance(1_500);
  expect(await leases.find({ id: "second" })).toMatchObject({ state: "idle", expiresAt: 33_000 });
  await clock.advance(5_000);
  expect(await leases.sweep()).toBe(0);
  expect(await leases.missing(["first", "second"])).toEqual(["first"]);
});

test("groups that come and go are never taken for one another", async () => {
  const leases = createMemoryLeases(createVirtualClock(1_000));
  const renew = (id: string, group: string) => leases.renew({ id, group, alias: id, value: "{}", ttlMs: 30_000 });
  const claim = async (group: string) => (await leases.claim({ group, forMs: 5_000, pick: 0 }))?.id;
  await renew("a", "eu");
  await renew("b", "us");
  await leases.end("a");
  await renew("c", "asia");
  await renew("b", "eu");
  expect(await claim("us")).toBeUndefined();
  expect([await claim("asia"), await claim("eu")]).toEqual(["c", "b"]);
});

test("to prolong is to renew what only goes on, and does nothing to anything else", async () => {
  const deed = fc.record({
    verb: fc.constantFrom("beat", "beat", "beat", "claim", "occupy", "hold", "free", "withhold", "end", "wait"),
    id: fc.constantFrom("a", "b", "c"),
    group: fc.constantFrom("eu", "eu", "us"),
    alias: fc.constantFrom("room-1", "room-2"),
    state: fc.constantFrom(undefined, "idle" as const, "busy" as const),
    ttlMs: fc.constantFrom(5_000, 10_000),
  });
  let prolonged = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 30, maxLength: 60 }), async (deeds) => {
      const clocks = [createVirtualClock(1_000), createVirtualClock(1_000)] as const;
      const stores = clocks.map((clock) => createMemoryLeases(clock));
      for (const { verb, id, group, alias, state, ttlMs } of deeds) {
        const outcomes = await Promise.all(
          stores.map(async (leases, at) => {
            const value = `${id} says ${group}`;
            if (verb === "beat") {
              // One of the two tries to prolong, as a pool does.
              const isDone = at === 0 && leases.prolong!(id, group, alias, value, ttlMs, state, clocks[at].now());
              if (isDone) prolonged++;
              if (!isDone) await leases.renew({ id, group, alias, value, ttlMs, state });
            } else if (verb === "claim") return (await leases.claim({ forMs: 2_000, pick: 0 }))?.id;
            else if (verb === "occupy") await leases.occupy(id);
            else if (verb === "hold") await leases.occupy(id, 3_000);
            else if (verb === "free") await leases.free(id, "held");
            else if (verb === "withhold") {
              const { epoch = 0 } = (await leases.find({ id })) ?? {};
              await leases.release(id, epoch, "withhold");
            } else if (verb === "end") await leases.end(id);
            else await clocks[at]!.advance(1_500);
            return undefined;
          }),
        );
        expect(outcomes[0]).toBe(outcomes[1]);
        const [one, other] = await Promise.all(
          stores.map((leases) =>
            Promise.all([
              leases.counts(),
              ...["a", "b", "c"].map((each) => leases.find({ id: each })),
              ...["room-1", "room-2"].map((each) => leases.find({ alias: each })),
            ]),
          ),
        );
        expect(one).toEqual(other);
      }
    }),
    { numRuns: 300 },
  );
  expect(prolonged).toBeGreaterThan(100);
});
