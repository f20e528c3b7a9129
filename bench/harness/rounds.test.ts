import { expect, test } from "bun:test";
import { inRounds, median, ratio, Refused, warmUp } from "./rounds.ts";

test("every contender is measured once a round, and none always after the same one", async () => {
  const order: string[] = [];
  const contender = (name: string) => async () => ({ turn: order.push(name) });
  const samples = await inRounds(3, { a: contender("a"), b: contender("b"), c: contender("c") });
  expect(order.join("")).toBe("abcbcacab");
  expect(samples.of("a", "turn")).toEqual([1, 6, 8]);
  expect(samples.most("turn")).toBe(9);
});

test("who was refused is measured again, and fails if it is refused each time", async () => {
  let left = 2;
  const once = async () => {
    if (left-- > 0) throw new Refused("too late");
    return { perSecond: 7 };
  };
  expect((await inRounds(1, { once })).of("once", "perSecond")).toEqual([7]);
  left = 3;
  const refused = await inRounds(1, { once }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
});

test("what is refused while all warm up is no failure; anything else is", async () => {
  const order: string[] = [];
  const one = async (): Promise<never> => {
    order.push("one");
    throw new Refused("too late");
  };
  const other = async () => ({ turn: order.push("other") });
  await warmUp({ one, other });
  expect(order).toEqual(["one", "other"]);
  const broken = await warmUp({ broken: () => Promise.reject(new Error("broken")) }).catch((error: unknown) => error);
  expect(broken).toBeInstanceOf(Error);
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
