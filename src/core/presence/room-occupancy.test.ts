import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { RoomOccupancy } from "./room-occupancy.ts";

/** A pool that answers when it is told to, and remembers what it was asked. */
function setUp() {
  const clock = createVirtualClock();
  const peers = new Map<string, number>();
  const asked: [string, boolean][] = [];
  const failures: unknown[] = [];
  let answer: (() => void) | null = null;
  let failing = false;
  const occupancy = new RoomOccupancy({
    clock,
    occupancy: (room) => peers.get(room) ?? 0,
    failed: (error) => failures.push(error),
    pool: {
      occupyRoom(room, occupied) {
        asked.push([room, occupied]);
        if (failing) return Promise.reject(new Error("away"));
        return new Promise((done) => (answer = () => done(null)));
      },
    },
  });
  return {
    clock,
    asked,
    failures,
    occupancy,
    fail: (now: boolean) => (failing = now),
    async set(room: string, count: number) {
      peers.set(room, count);
      occupancy.changed(room);
      await clock.advance(0);
    },
    async answered() {
      answer?.();
      await clock.advance(0);
    },
  };
}

test("one peer is nobody's session; the second makes the host busy, its leaving idle again", async () => {
  const { set, asked, answered } = setUp();
  await set("r", 1);
  expect(asked).toEqual([]);
  await set("r", 2);
  await answered();
  await set("r", 1);
  await answered();
  await set("r", 0);
  expect(asked).toEqual([
    ["r", true],
    ["r", false],
  ]);
});

test("a change while the store is asked is brought up afterwards, never in between", async () => {
  const { set, asked, answered } = setUp();
  await set("r", 2);
  await set("r", 1);
  await set("r", 2);
  await set("r", 1);
  expect(asked).toEqual([["r", true]]);
  await answered();
  expect(asked).toEqual([
    ["r", true],
    ["r", false],
  ]);
});

test("a host that registers into a full room is made busy, even if the room filled before", async () => {
  const { set, asked, answered, occupancy, clock } = setUp();
  await set("r", 2);
  await answered();
  occupancy.registered("r");
  await clock.advance(0);
  expect(asked).toEqual([
    ["r", true],
    ["r", true],
  ]);
});

test("a step that failed is tried again", async () => {
  const { set, asked, failures, fail, clock } = setUp();
  fail(true);
  await set("r", 2);
  expect(failures.length).toBe(1);
  fail(false);
  await clock.advance(1_000);
  expect(asked).toEqual([
    ["r", true],
    ["r", true],
  ]);
});
