import { expect, test } from "bun:test";
import { Arrivals, NoPlace, UNCOUNTED } from "./arrivals.ts";

const nextTurn = (run: () => void): void => void setImmediate(run);

const under = (options: { perAddress: number; max: number }) => {
  const arrivals = new Arrivals({ ...options, nextTurn });
  for (let at = 0; at < UNCOUNTED; at++) arrivals.begin();
  /** A body that comes when it is told to. */
  const send = (client: string | null) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const waited = arrivals.wait(promise, () => client).catch((error: NoPlace) => error.code);
    return { waited, come: () => resolve("whole"), fail: () => reject(new NoPlace("internal")) };
  };
  return { send };
};

test("the first few need no place", async () => {
  const arrivals = new Arrivals({ perAddress: 1, max: 1, nextTurn });
  expect(Array.from({ length: UNCOUNTED + 1 }, () => arrivals.begin())).toEqual([
    ...Array.from({ length: UNCOUNTED }, () => false),
    true,
  ]);
  arrivals.end();
  arrivals.end();
  expect(arrivals.begin()).toBe(false);
});

test("an address has so many, and gets each back once its body has come or failed", async () => {
  const { send } = under({ perAddress: 2, max: 100 });
  const [one, two] = [send("a"), send("a")];
  expect(await send("a").waited).toBe("rate_limited");
  const others = [send("b"), send(null), send(null), send(null)];
  one.come();
  two.fail();
  expect([await one.waited, await two.waited]).toEqual(["whole", "internal"]);
  const next = [send("a"), send("a")];
  expect(await send("a").waited).toBe("rate_limited");
  for (const body of [...others, ...next]) body.come();
  expect(await Promise.all([...others, ...next].map(({ waited }) => waited))).toEqual(Array(6).fill("whole"));
});

test("there are so many in all, also for those who count on no address", async () => {
  const { send } = under({ perAddress: 0, max: 2 });
  const kept = [send("a"), send("a")];
  expect([await send("b").waited, await send(null).waited]).toEqual(["overloaded", "overloaded"]);
  kept[0]!.come();
  await kept[0]!.waited;
  const next = send("b");
  next.come();
  expect(await next.waited).toBe("whole");
});

test("one that has come with its headers needs none", async () => {
  const { send } = under({ perAddress: 1, max: 1 });
  const kept = send("a");
  const [whole, broken] = [send("a"), send("a")];
  whole.come();
  broken.fail();
  expect([await whole.waited, await broken.waited]).toEqual(["whole", "internal"]);
  kept.come();
  expect(await kept.waited).toBe("whole");
});
