import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import type { Presences } from "../../ports/presences.ts";
import { createEntitlements, openEntitlements } from "./entitlements.ts";

function world() {
  const clock = createVirtualClock();
  let isAway = false;
  const store = createMemoryPresences(clock);
  const presences: Presences = {
    ...store,
    enter: async (...args) => {
      if (isAway) throw new Error("away");
      return store.enter(...args);
    },
  };
  const failures: unknown[] = [];
  const make = (node: string) =>
    createEntitlements({ presences, clock, node, failed: (error) => void failures.push(error) });
  return { clock, failures, one: make("one"), other: make("other"), setAway: (away: boolean) => (isAway = away) };
}

test("a mark lasts for its time, on every node", async () => {
  const { clock, one, other } = world();
  expect(await other.has("alice")).toBe(false);
  await one.mark("alice", 5_000);
  await one.mark(null, 5_000);
  expect([await other.has("alice"), await other.has("bob")]).toEqual([true, false]);
  await clock.advance(5_001);
  expect(await other.has("alice")).toBe(false);
});

test("what is held lasts until it is let go, each match for itself", async () => {
  const { clock, one, other } = world();
  const [first, second] = [one.hold("alice"), one.hold("alice")];
  await clock.advance(600_000);
  expect(await other.has("alice")).toBe(true);
  first();
  first();
  await clock.advance(0);
  expect(await other.has("alice")).toBe(true);
  second();
  await clock.advance(0);
  expect(await other.has("alice")).toBe(false);
});

test("a store that is away is told later, and of nothing that is over by then", async () => {
  const { clock, failures, one, setAway } = world();
  setAway(true);
  const over = one.hold("bob");
  one.hold("alice");
  await clock.advance(10_000);
  over();
  expect(failures).toHaveLength(2);
  setAway(false);
  await clock.advance(30_000);
  expect([await one.has("alice"), await one.has("bob")]).toEqual([true, false]);
});

test("a node that is gone entitles nobody for long", async () => {
  const { clock, one, other } = world();
  one.hold("alice");
  await clock.advance(0);
  one.stop();
  await clock.advance(61_000);
  expect(await other.has("alice")).toBe(false);
});

test("in open mode everybody is", async () => {
  openEntitlements.hold("alice")();
  expect(await openEntitlements.has("anybody")).toBe(true);
});
