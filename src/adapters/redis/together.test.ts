import { expect, test } from "bun:test";
import { together } from "./together.ts";

/** A call that answers when it is told to. */
function calls(laneOf?: (item: string) => string) {
  const made: { readonly items: readonly string[]; answer(): void; fail(): void }[] = [];
  const ask = together<string, string>((items) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    made.push({
      items,
      answer: () => resolve(items.map((item) => item.toUpperCase())),
      fail: () => reject(new Error("away")),
    });
    return promise;
  }, laneOf);
  return { ask, made, groups: () => made.map(({ items }) => items.join("")) };
}

const turn = (): Promise<unknown> => new Promise((over) => setImmediate(over));

test("one that is alone goes at once, and those of the same turn go together in their order", async () => {
  const { ask, made, groups } = calls();
  const answers = ["a", "b", "c"].map(ask);
  expect(groups()).toEqual(["a"]);
  await turn();
  expect(groups()).toEqual(["a", "bc"]);
  for (const call of made) call.answer();
  expect(await Promise.all(answers)).toEqual(["A", "B", "C"]);
  void ask("d");
  expect(groups()).toEqual(["a", "bc", "d"]);
});

test("no more than sixteen go together, and a full call waits for no turn", async () => {
  const { ask, made, groups } = calls();
  const answers = "abcdefghijklmnopqrstuvwxyz".split("").map(ask);
  expect(groups()).toEqual(["a", "bcdefghijklmnopq"]);
  await turn();
  expect(groups()).toEqual(["a", "bcdefghijklmnopq", "rstuvwxyz"]);
  for (const call of made) call.answer();
  expect((await Promise.all(answers)).join("")).toBe("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
});

test("those of different lanes never share a call, nor its failure", async () => {
  const { ask, made, groups } = calls((item) => item[0]!);
  const answers = ["a1", "b1", "a2", "b2", "a3"].map(ask);
  await turn();
  expect(groups()).toEqual(["a1", "b1", "a2a3", "b2"]);
  for (const { items, answer, fail } of made) {
    if (items.includes("a2")) fail();
    else answer();
  }
  const outcomes = await Promise.allSettled(answers);
  expect(outcomes.map(({ status }) => status[0])).toEqual(["f", "f", "r", "f", "r"]);
});
