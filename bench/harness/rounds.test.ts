import { expect, test } from "bun:test";
import { inRounds, median, ratio } from "./rounds.ts";

test("every contender is measured once a round, and none always after the same one", async () => {
  const order: string[] = [];
  const contender = (name: string) => async () => ({ turn: order.push(name) });
  const samples = await inRounds(3, { a: contender("a"), b: contender("b"), c: contender("c") });
  expect(order.join("")).toBe("abcbcacab");
  expect(samples.of("a", "turn")).toEqual([1, 6, 8]);
  expect(samples.most("turn")).toBe(9);
});

test("a figure that nobody measured is an error that names those there are", async () => {
  const samples = await inRounds(1, { a: async () => ({ perSecond: 1 }) });
  expect(() => samples.of("a", "perMinute")).toThrow("no figure perMinute among perSecond");
});

test("the median is the middle one, or between the two middle ones", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
});

test("a ratio is the median of the rounds' ratios, and needs the same rounds", () => {
  expect(ratio([1, 2, 9], [2, 4, 3])).toBe(0.5);
  expect(() => ratio([1], [1, 2])).toThrow("1 samples against 2");
});
