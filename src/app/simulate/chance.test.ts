import { expect, test } from "bun:test";
import { lasting, untilNext, weighted } from "./chance.ts";
import { Dice } from "./game/dice.ts";

const MANY = 20_000;

function draws(draw: (dice: Dice) => number): readonly number[] {
  const dice = new Dice("draws");
  return Array.from({ length: MANY }, () => draw(dice)).sort((a, b) => a - b);
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

test("what happens by itself comes as often as it should, and without memory", () => {
  const waits = draws((dice) => untilNext(dice, 5));
  expect(mean(waits)).toBeWithin(190, 210);
  // Of an exponential distribution: the middle is at ln 2, the spread is as large as the mean.
  expect(waits[MANY / 2]! / mean(waits)).toBeCloseTo(Math.LN2, 1);
  expect(Math.sqrt(mean(waits.map((one) => (one - mean(waits)) ** 2))) / mean(waits)).toBeCloseTo(1, 1);
});

test("what never happens is never waited for", () => {
  expect(untilNext(new Dice("never"), 0)).toBe(Infinity);
});

test("most stays are shorter than the mean, some much longer, none is negative", () => {
  const stays = draws((dice) => lasting(dice, 60));
  expect(mean(stays)).toBeWithin(58, 62);
  expect(stays[MANY / 2]!).toBeWithin(44, 50);
  expect(stays[0]!).toBeGreaterThan(0);
  expect(stays.at(-1)!).toBeGreaterThan(300);
});

test("weights say how often each is drawn", () => {
  const drawn = draws((dice) => weighted(dice, [1, 2, 3], (one) => one));
  for (const [value, share] of [
    [1, 1 / 6],
    [2, 2 / 6],
    [3, 3 / 6],
  ] as const) {
    expect(drawn.filter((one) => one === value).length / MANY).toBeCloseTo(share, 1);
  }
});
