import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import type { Presences } from "../../ports/presences.ts";
import { createEntitlements, openEntitlements } from "./entitlements.ts";

function world() {
  const clock = createVirtualClock();
  let isAway = false;
  let entered = 0;
  let store = createMemoryPresences(clock);
  const presences: Presences = {
    ...store,
    of: (groups) => store.of(groups),
    prolong: (...args) => store.prolong(...args),
    leave: (...args) => store.leave(...args),
    enter: async (...args) => {
      if (isAway) throw new Error("away");
      entered++;
      return store.enter(...args);
    },
  };
  const failures: unknown[] = [];
  const make = (node: string) =>
    createEntitlements({ presences, clock, node, failed: (error) => void failures.push(error) });
  return {
    clock,
    failures,
    one: make("one"),
    other: make("other"),
    setAway: (away: boolean) => (isAway = away),
    /** The store forgets everything. */
    lose: () => (store = createMemoryPresences(clock)),
    entered: () => entered,
    members: async (group: string) => (await store.of([group])).get(group)?.length ?? 0,
  };
}

test("a mark lasts for its time, on every node", async () => {
  const { clock, one, other } = world();
  expect(await other.has("alice")).toBe(false);
  one.mark("alice", 5_000);
  one.mark(null, 5_000);
  expect([await other.has("alice"), await other.has("bob")]).toEqual([true, false]);
  await clock.advance(4_999);
  expect(await other.has("alice")).toBe(true);
  await clock.advance(1_251);
  expect([await one.has("alice"), await other.has("alice")]).toEqual([false, false]);
});

test("a mark ends at the later of its ends", async () => {
  const { clock, one, other } = world();
  one.mark("alice", 60_000);
  one.mark("alice", 1_000);
  await clock.advance(30_000);
  one.mark("alice", 1_000);
  await clock.advance(29_999);
  expect(await other.has("alice")).toBe(true);
  one.mark("alice", 60_000);
  await clock.advance(59_999);
  expect(await other.has("alice")).toBe(true);
});

test("who is marked again and again is one member, written when a part of its time has gone", async () => {
  const { clock, entered, one, members } = world();
  for (let at = 0; at < 6_000; at++) {
    one.mark("alice", 600_000);
    await clock.advance(10);
  }
  expect(await members("alice")).toBe(1);
  expect(entered()).toBe(3);
});

test("a mark fails nobody while the store is away, counts here at once, and is said again", async () => {
  const { clock, failures, one, other, setAway } = world();
  setAway(true);
  one.mark("alice", 60_000);
  one.mark("bob", 10_000);
  await clock.advance(0);
  expect(failures).toHaveLength(2);
  expect([await one.has("alice"), await other.has("alice")]).toEqual([true, false]);
  setAway(false);
  await clock.advance(20_000);
  expect([await other.has("alice"), await other.has("bob")]).toEqual([true, false]);
});

test("a mark that a store may have lost is written with the next one", async () => {
  const { clock, one, other, setAway, lose } = world();
  one.mark("alice", 600_000);
  await clock.advance(1_000);
  lose();
  setAway(true);
  one.mark("bob", 600_000);
  await clock.advance(1);
  setAway(false);
  expect(await other.has("alice")).toBe(false);
  one.mark("alice", 600_000);
  expect(await other.has("alice")).toBe(true);
  await clock.advance(20_000);
  lose();
  one.mark("alice", 600_000);
  expect(await other.has("alice")).toBe(true);
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
