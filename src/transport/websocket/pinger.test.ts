import { beforeEach, expect, test } from "bun:test";
import { createPinger, type Pinged } from "./pinger.ts";

const STEPS = 10;
let pings: Map<Pinged, number>;
let lost: Set<Pinged>;

beforeEach(() => {
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

const run = (pinger: { step(): void }, steps: number): void => {
  for (let n = 0; n < steps; n++) pinger.step();
};

test("few are pinged no more often than many", () => {
  const sockets = [socket(), socket(), socket()];
  run(createPinger(new Set(sockets), STEPS), 5 * STEPS + 1);
  expect([...pings.values()]).toEqual([5, 5, 5]);
});

test("each is pinged once a round, and no more than its part in a step", () => {
  const sockets = new Set(Array.from({ length: 1_000 }, () => socket()));
  const pinger = createPinger(sockets, STEPS);
  pinger.step();
  expect(pings.size).toBe(100);
  run(pinger, STEPS - 1);
  expect([...pings.values()]).toEqual(Array(1_000).fill(1));
});

test("what came or went in between is no matter to the others", () => {
  const stays = Array.from({ length: 50 }, () => socket());
  const sockets = new Set(stays);
  const pinger = createPinger(sockets, STEPS);
  for (let n = 0; n < 10 * STEPS; n++) {
    const passer = socket();
    sockets.add(passer);
    pinger.step();
    sockets.delete(passer);
  }
  for (const one of stays) expect(pings.get(one)).toBeGreaterThanOrEqual(8);
});

test("one that does not answer is pinged no more, until it is heard again", () => {
  const silent = socket(false);
  const pinger = createPinger(new Set([silent]), STEPS);
  run(pinger, 10 * STEPS);
  expect(pings.get(silent)).toBe(1);
  silent.data.isHeard = true;
  run(pinger, 2 * STEPS);
  expect(pings.get(silent)).toBe(2);
});

test("one that stays silent is lost two rounds after its ping, though it is sent something all the time", () => {
  const [silent, answering] = [socket(false), socket()];
  const pinger = createPinger(new Set([silent, answering]), STEPS);
  run(pinger, 2 * STEPS);
  expect(lost.size).toBe(0);
  run(pinger, STEPS + 1);
  expect([...lost]).toEqual([silent]);
});

test("one that is heard late is not lost, and has the whole time again", () => {
  const silent = socket(false);
  const pinger = createPinger(new Set([silent]), STEPS);
  run(pinger, 2 * STEPS + 5);
  silent.data.isHeard = true;
  run(pinger, 2 * STEPS + 5);
  expect(lost.size).toBe(0);
  run(pinger, STEPS);
  expect([...lost]).toEqual([silent]);
});

test("nobody is there", () => {
  const pinger = createPinger(new Set(), STEPS);
  run(pinger, 3);
  expect(pings.size).toBe(0);
});
