import { expect, test } from "bun:test";
import { atOnce } from "./at-once.ts";

/** Counts how many steps run at a time. */
function counted<Item>(step: (item: Item) => Promise<unknown>) {
  const seen = { begun: 0, running: 0, most: 0 };
  const run = async (item: Item): Promise<unknown> => {
    seen.begun++;
    seen.most = Math.max(seen.most, ++seen.running);
    try {
      return await step(item);
    } finally {
      seen.running--;
    }
  };
  return { seen, run };
}

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await Promise.resolve();
};

test("many steps run a few at a time, and their results keep the order", async () => {
  const items = Array.from({ length: 100 }, (_, n) => n);
  const { seen, run } = counted(async (n: number) => (await turns(n % 7), n * 2));
  expect(await atOnce(items, run, 5)).toEqual(items.map((n) => n * 2));
  expect(seen.most).toBe(5);
});

test("the first failure comes back once what was under way has ended, and nothing more is begun", async () => {
  const { seen, run } = counted(async (n: number) => {
    await turns(n === 3 ? 1 : 10);
    if (n >= 3) throw new Error(`step ${n}`);
  });
  const items = Array.from({ length: 50 }, (_, n) => n);
  expect(await atOnce(items, run, 8).catch(({ message }: Error) => message)).toBe("step 3");
  expect(seen).toEqual({ begun: 8, running: 0, most: 8 });
});
