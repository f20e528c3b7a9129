import { beforeEach, expect, test } from "bun:test";
import { createPinger, type Pinged, type Pinger } from "./pinger.ts";

const STEPS = 10;
const STEP_MS = 100;
const times = { roundMs: STEPS * STEP_MS, lostMs: 2 * STEPS * STEP_MS };
let now: number;
let pings: Map<Pinged, number>;
let lost: Set<Pinged>;

beforeEach(() => {
  now = 0;
  pings = new Map();
  lost = new Set();
});

/** One that answers, or not. */
function socket(answers = true): Pinged {
  const made: Pinged = {
    data: { isHeard: true },
    ping() {
      pings.set(made, (pings.get(made) ?? 0) + 1);
      if (answers) made.data.isHeard = true;
    },
    terminate: () => void lost.add(made),
  };
  return made;
}

const run = (pinger: Pinger, steps: number): void => {
  for (let n = 0; n < steps; n++) pinger.step((now += STEP_MS));
};

/** One that has begun. */
function pingerOf(sockets: ReadonlySet<Pinged>): Pinger {
  const pinger = createPinger(sockets, times);
  pinger.step(now);
  return pinger;
}

test("few are pinged no more often than many", () => {
  const sockets = [socket(), socket(), socket()];
  run(pingerOf(new Set(sockets)), 5 * STEPS + 1);
  expect([...pings.values()]).toEqual([5, 5, 5]);
});

test("each is pinged once a round, and no more than its part in a step", () => {
  const sockets = new Set(Array.from({ length: 1_000 }, () => socket()));
  const pinger = pingerOf(sockets);
  run(pinger, 1);
  expect(pings.size).toBe(100);
  run(pinger, STEPS - 1);
  expect([...pings.values()]).toEqual(Array(1_000).fill(1));
});

test("what came or went in between is no matter to the others", () => {
  const stays = Array.from({ length: 50 }, () => socket());
  const sockets = new Set(stays);
  const pinger = pingerOf(sockets);
  for (let n = 0; n < 10 * STEPS; n++) {
    const passer = socket();
    sockets.add(passer);
    run(pinger, 1);
    sockets.delete(passer);
  }
  for (const one of stays) expect(pings.get(one)).toBeGreaterThanOrEqual(8);
});

test("one that does not answer is pinged no more, until it is heard again", () => {
  const silent = socket(false);
  const pinger = pingerOf(new Set([silent]));
  run(pinger, 10 * STEPS);
  expect(pings.get(silent)).toBe(1);
  silent.data.isHeard = true;
  run(pinger, 2 * STEPS);
  expect(pings.get(silent)).toBe(2);
});

test("one that stays silent is lost in the end, though it is sent something all the time", () => {
  const [silent, answering] = [socket(false), socket()];
  const pinger = pingerOf(new Set([silent, answering]));
  run(pinger, 2 * STEPS);
  expect(lost.size).toBe(0);
  run(pinger, STEPS + 1);
  expect([...lost]).toEqual([silent]);
});

test("one that is heard late is not lost, and has the whole time again", () => {
  const silent = socket(false);
  const pinger = pingerOf(new Set([silent]));
  run(pinger, 2 * STEPS + 5);
  silent.data.isHeard = true;
  run(pinger, 2 * STEPS + 5);
  expect(lost.size).toBe(0);
  run(pinger, STEPS);
  expect([...lost]).toEqual([silent]);
});

test("one that is gone is not cut, nor anybody after a time in which the process stood still", () => {
  const [gone, stays] = [socket(false), socket(false)];
  const sockets = new Set([gone, stays]);
  const pinger = pingerOf(sockets);
  run(pinger, STEPS + 1);
  sockets.delete(gone);
  pinger.forget(gone);
  now += 100 * times.lostMs;
  run(pinger, STEPS);
  expect(lost.size).toBe(0);
  run(pinger, STEPS);
  expect([...lost]).toEqual([stays]);
});

test("nobody is there", () => {
  const pinger = pingerOf(new Set());
  run(pinger, 3);
  expect(pings.size).toBe(0);
});
