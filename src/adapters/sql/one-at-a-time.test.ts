import { expect, test } from "bun:test";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** Work that ends when the test says so. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const begun: string[] = [];
  return { begun, end: resolve, fail: reject, run: () => (begun.push("begun"), promise) };
}

test("work is done one after the other, also after one that failed", async () => {
  const inTurn = oneAtATime(5);
  const [one, two] = [work(), work()];
  const first = inTurn(one.run);
  const second = inTurn(two.run);
  expect([one.begun.length, two.begun.length]).toEqual([1, 0]);
  one.fail(new Error("no"));
  expect(first).rejects.toThrow("no");
  await first.catch(() => undefined);
  two.end("two");
  expect(await second).toBe("two");
  expect(await inTurn(async () => "three")).toBe("three");
});

test("those that wait for a store that is away hear it at once, and later ones try again", async () => {
  const inTurn = oneAtATime(5);
  const [one, two] = [work(), work()];
  const both = Promise.allSettled([inTurn(one.run), inTurn(two.run)]);
  const away = new StoreUnavailable(new Error("away"));
  one.fail(away);
  expect((await both).map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual([away, away]);
  expect(two.begun).toEqual([]);
  expect(await inTurn(async () => "again")).toBe("again");
});

test("no more wait than are allowed", async () => {
  const inTurn = oneAtATime(1);
  const one = work();
  const first = inTurn(one.run);
  const second = inTurn(async () => "second");
  const third = inTurn(async () => "third");
  expect(third).rejects.toBeInstanceOf(StoreOverloaded);
  await third.catch(() => undefined);
  one.end("first");
  expect(await Promise.all([first, second])).toEqual(["first", "second"]);
});
