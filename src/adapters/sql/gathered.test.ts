import { expect, test } from "bun:test";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { gathered } from "./gathered.ts";

const bounds = { largest: 3, mostWaiting: 10 };

test("what has come by the time a transaction begins shares it, in order, and so many at most", async () => {
  const batches: (readonly number[])[] = [];
  const add = gathered<number, string>(bounds, async (jobs) => {
    await Promise.resolve();
    batches.push(jobs());
    return jobs().map(String);
  });
  expect(await Promise.all([1, 2, 3, 4].map(add))).toEqual(["1", "2", "3", "4"]);
  expect(batches).toEqual([[1, 2, 3], [4]]);
});

test("the next transaction is asked for while the one before goes on", async () => {
  const disk = Promise.withResolvers<void>();
  let begun = 0;
  const add = gathered<number, number>(bounds, async (jobs) => {
    const mine = jobs();
    begun++;
    await disk.promise;
    return mine;
  });
  const first = add(1);
  const second = add(2);
  expect(begun).toBe(2);
  disk.resolve();
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

test("a job that cannot be done fails alone", async () => {
  const add = gathered<number, number>(bounds, async (jobs) => {
    await Promise.resolve();
    const mine = jobs();
    if (mine.includes(2)) throw new RangeError("no");
    return mine;
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map(add));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a store that is away, or takes no more, is heard of by all who wait for that transaction", async () => {
  let isAway = true;
  const add = gathered<number, number>(bounds, async (jobs) => {
    if (isAway) throw new StoreUnavailable(new Error("away"));
    return jobs();
  });
  for (const outcome of await Promise.allSettled([add(1), add(2)])) {
    expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailable);
  }
  isAway = false;
  expect(await add(3)).toBe(3);
});

test("no more wait than are allowed", async () => {
  const add = gathered<number, number>({ largest: 1, mostWaiting: 1 }, () => new Promise(() => undefined));
  void add(1);
  expect(await add(2).catch((error: unknown) => error)).toBeInstanceOf(StoreOverloaded);
});
