import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import type { Host } from "./host.ts";
import { RoomOccupancy } from "./room-occupancy.ts";

/** A pool that answers when it is told to, and remembers what it was asked. The host of room r is h. */
function setUp() {
  const clock = createVirtualClock();
  const peers = new Map<string, number>();
  const asked: string[] = [];
  const failures: unknown[] = [];
  let room = "r";
  let answer: (() => void) | null = null;
  let failing = false;
  const host = (): Host => ({
    id: "h",
    room,
    region: "local",
    state: "idle",
    publicIp: "",
    info: {},
    beatAt: 0,
    revision: 0,
    foreign: false,
    subject: null,
  });
  const asks = (what: string, reply: () => Host | null): Promise<Host | null> => {
    asked.push(what);
    if (failing) return Promise.reject(new Error("away"));
    return new Promise((done) => (answer = () => done(reply())));
  };
  const occupancy = new RoomOccupancy({
    clock,
    occupancy: (name) => peers.get(name) ?? 0,
    failed: (error) => failures.push(error),
    pool: {
      occupyRoom: (name) => asks(`occupy ${name}`, () => (name === room ? host() : null)),
      roomEmptied: (id) => asks(`free ${id}`, host),
    },
  });
  return {
    clock,
    peers,
    occupancy,
    asked,
    failures,
    arrive: (name: string) => occupancy.arrived(name),
    fail: (now: boolean) => (failing = now),
    async set(name: string, count: number) {
      peers.set(name, count);
      occupancy.changed(name);
      await clock.advance(0);
    },
    async move(to: string) {
      room = to;
      void occupancy.arrived(to);
      await clock.advance(0);
    },
    /** The room has another home now. */
    async forget(name: string) {
      peers.set(name, 0);
      occupancy.forget(name);
      await clock.advance(0);
    },
    async answered() {
      answer?.();
      await clock.advance(0);
    },
  };
}

test("whoever tells of an arrival hears when the pool knows, or cannot be told", async () => {
  const { set, arrive, asked, answered, fail } = setUp();
  const outcome = (): { isDone: boolean } => {
    const state = { isDone: false };
    void arrive("r").then(() => (state.isDone = true));
    return state;
  };
  const early = outcome();
  await set("r", 2);
  expect(early.isDone).toBe(false);
  const late = outcome();
  await answered();
  expect([early.isDone, late.isDone, asked.length]).toEqual([false, false, 2]);
  await answered();
  expect([early.isDone, late.isDone, asked.length]).toEqual([true, true, 2]);
  fail(true);
  const failing = outcome();
  await set("other", 1);
  expect(failing.isDone).toBe(true);
});

test("a change in whichever moment of the one before is not overlooked", async () => {
  for (let turns = 0; turns < 8; turns++) {
    const { set, peers, occupancy, asked } = setUp();
    occupancy.changed("r");
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    peers.set("r", 2);
    occupancy.changed("r");
    await set("other", 0);
    expect(asked).toEqual(["occupy r"]);
  }
});

test("one peer is nobody's session; the second makes the host busy, its leaving idle again", async () => {
  const { set, asked, answered } = setUp();
  await set("r", 1);
  expect(asked).toEqual([]);
  await set("r", 2);
  await answered();
  await set("r", 1);
  await answered();
  await set("r", 0);
  expect(asked).toEqual(["occupy r", "free h"]);
});

test("a change while the store is asked is brought up afterwards, never in between", async () => {
  const { set, asked, answered } = setUp();
  await set("r", 2);
  await set("r", 1);
  await set("r", 2);
  await set("r", 1);
  expect(asked).toEqual(["occupy r"]);
  await answered();
  expect(asked).toEqual(["occupy r", "free h"]);
});

test("a session is confirmed for as long as it lasts", async () => {
  const { set, asked, answered, clock } = setUp();
  await set("r", 2);
  await answered();
  for (let round = 0; round < 2; round++) {
    await clock.advance(6_000);
    await answered();
  }
  expect(asked).toEqual(["occupy r", "occupy r", "occupy r"]);
  await set("r", 0);
  await answered();
  await clock.advance(60_000);
  expect(asked).toEqual(["occupy r", "occupy r", "occupy r", "free h"]);
});

test("a host that arrives in a full room is made busy, even if the room filled before", async () => {
  const { set, move, asked, answered } = setUp();
  await set("q", 2);
  await answered();
  await move("q");
  expect(asked).toEqual(["occupy q", "occupy q"]);
});

test("a host that has moved on is free when the room it left empties", async () => {
  const { set, move, asked, answered } = setUp();
  await set("r", 2);
  await answered();
  await move("q");
  await set("r", 0);
  await answered();
  expect(asked).toEqual(["occupy r", "free h"]);
});

test("a step that failed is tried again", async () => {
  const { set, asked, failures, fail, clock } = setUp();
  fail(true);
  await set("r", 2);
  expect(failures.length).toBe(1);
  fail(false);
  await clock.advance(1_000);
  expect(asked).toEqual(["occupy r", "occupy r"]);
});

test("a room that goes on elsewhere is not spoken of any more: its host is not made idle", async () => {
  const { set, forget, asked, answered, clock } = setUp();
  await set("r", 2);
  await answered();
  await forget("r");
  await clock.advance(60_000);
  expect(asked).toEqual(["occupy r"]);
});

test("nor is one that goes on elsewhere while the pool is being told of it", async () => {
  const { set, forget, asked, answered, clock } = setUp();
  await set("r", 2);
  await forget("r");
  await answered();
  await clock.advance(60_000);
  expect(asked).toEqual(["occupy r"]);
});

test("a room that was forgotten and comes back is told of anew", async () => {
  const { set, forget, asked, answered } = setUp();
  await set("r", 2);
  await answered();
  await forget("r");
  await set("r", 2);
  await answered();
  await set("r", 1);
  await answered();
  expect(asked).toEqual(["occupy r", "occupy r", "free h"]);
});
