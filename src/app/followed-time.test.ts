import { beforeEach, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../test/support/virtual-clock.ts";
import { FollowedTime } from "./followed-time.ts";

const HOUR_MS = 3_600_000;

let own: VirtualClock;
let storeAhead: number;
let isAway: boolean;
let asked: number;
let said: number[];
let time: FollowedTime;
beforeEach(async () => {
  [own, storeAhead, isAway, asked, said] = [createVirtualClock(), 0, false, 0, []];
  time = new FollowedTime({
    clock: own,
    ask: async () => {
      asked++;
      if (isAway) throw new Error("away");
      return own.now() + storeAhead;
    },
    differs: (aheadMs) => void said.push(aheadMs),
  });
  await time.ask();
  time.start();
});

const ahead = (): number => time.clock.now() - own.now();

test("follows a store whose clock is put right, forward and back, and says so once", async () => {
  storeAhead = HOUR_MS;
  await own.advance(10_000);
  expect(ahead()).toBe(HOUR_MS);
  await own.advance(60_000);
  storeAhead = 0;
  await own.advance(10_000);
  expect(ahead()).toBe(0);
  expect(said).toEqual([HOUR_MS]);
});

test("does not jump for less than a second", async () => {
  storeAhead = -900;
  await own.advance(10_000);
  expect(ahead()).toBe(0);
});

test("asks soon again while the store is away, and takes its time as soon as it is back", async () => {
  [isAway, storeAhead] = [true, HOUR_MS];
  await own.advance(30_000);
  expect(ahead()).toBe(0);
  isAway = false;
  await own.advance(1_000);
  expect(ahead()).toBe(HOUR_MS);
});

test("asks no more once it is stopped", async () => {
  time.stop();
  const before = asked;
  await own.advance(60_000);
  expect(asked).toBe(before);
});
