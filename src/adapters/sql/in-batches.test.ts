import { expect, test } from "bun:test";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { inBatches } from "./in-batches.ts";

/** Batches that end when the test says so; each job is answered with itself. */
function batches(largest: number, mostWaiting = 100) {
  const runs: { readonly jobs: readonly number[]; end(error?: Error): void }[] = [];
  const made = inBatches({ largest, mostWaiting }, (jobs: readonly number[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    runs.push({ jobs, end: (error) => (error === undefined ? resolve(jobs) : reject(error)) });
    return promise;
  });
  /** Ends the batch that runs, and lets the next begin. */
  const end = async (error?: Error): Promise<void> => {
    runs.at(-1)!.end(error);
    await new Promise((turn) => setImmediate(turn));
  };
  return { ...made, end, ran: () => runs.map(({ jobs }) => jobs) };
}

test("what arrives while a batch runs makes up the next ones, in order", async () => {
  const { add, end, ran } = batches(2);
  const all = Promise.all([1, 2, 3, 4].map(add));
  for (let round = 0; round < 3; round++) await end();
  expect(ran()).toEqual([[1], [2, 3], [4]]);
  expect(await all).toEqual([1, 2, 3, 4]);
});

test("a job that cannot be done fails alone", async () => {
  const { add, end, ran } = batches(3);
  const all = Promise.allSettled([1, 2, 3, 4].map(add));
  await end();
  const wrong = new Error("wrong");
  await end(wrong);
  await end();
  await end(wrong);
  await end();
  expect(ran()).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
  expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
});

test("when the store is away, the batch and all that wait hear it at once; later ones try again", async () => {
  const { add, between, end, ran } = batches(2);
  const all = Promise.allSettled([...[1, 2, 3, 4].map(add), between(async () => 5)]);
  const away = new StoreUnavailable(new Error("away"));
  await end(away);
  expect((await all).map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual([
    away,
    away,
    away,
    away,
    away,
  ]);
  expect(ran()).toEqual([[1]]);
  const later = add(6);
  await end();
  expect(await later).toBe(6);
});

test("a store that goes away while jobs are done one by one leaves nobody without an answer", async () => {
  const { add, end } = batches(3);
  const all = Promise.allSettled([1, 2, 3, 4].map(add));
  await end();
  await end(new Error("wrong"));
  await end();
  await end(new StoreUnavailable(new Error("away")));
  expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
});

test("no more wait than are allowed", async () => {
  const { add, end } = batches(2, 1);
  const [first, second, third] = [add(1), add(2), add(3)];
  await expect(third).rejects.toBeInstanceOf(StoreOverloaded);
  await end();
  await end();
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});
