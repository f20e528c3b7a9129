import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { createSlots } from "./slots.ts";

test("a thousand questions at once are asked a few at a time, in their order, whatever fails", async () => {
  const inTurn = createSlots(8, 1_000);
  const asked: number[] = [];
  let running = 0;
  let most = 0;
  const ask = (n: number) => async (): Promise<number> => {
    asked.push(n);
    most = Math.max(most, ++running);
    await new Promise((resume) => setImmediate(resume));
    running--;
    if (n % 7 === 0) throw new Error("refused");
    return n;
  };
  const numbers = Array.from({ length: 1_000 }, (_, n) => n);
  const outcomes = await Promise.allSettled(numbers.map((n) => inTurn(ask(n))));
  expect(outcomes.map(({ status }) => status)).toEqual(numbers.map((n) => (n % 7 === 0 ? "rejected" : "fulfilled")));
  expect(asked).toEqual(numbers);
  expect(most).toBe(8);
  expect(await inTurn(ask(1))).toBe(1);
});

test("more than may wait are refused at once, and the others are answered", async () => {
  const inTurn = createSlots(1, 2);
  const { promise, resolve } = Promise.withResolvers<string>();
  const answers = Promise.all([inTurn(() => promise), inTurn(async () => "two"), inTurn(async () => "three")]);
  const refused: unknown = await inTurn(async () => "four").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(StoreUnavailable);
  resolve("one");
  expect(await answers).toEqual(["one", "two", "three"]);
});
