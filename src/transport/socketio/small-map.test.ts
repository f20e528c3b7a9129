import { expect, test } from "bun:test";
import { SmallMap } from "./small-map.ts";

test("answers as a Map does, whatever is done with it", () => {
  const names = ["packet", "data", "error", "close", "drain"];
  const small = new SmallMap<string, number>();
  const map = new Map<string, number>();
  const steps = {
    set: (name: string, value: number) => [small.set(name, value).get(name), map.set(name, value).get(name)],
    delete: (name: string) => [small.delete(name), map.delete(name)],
    clear: () => [small.clear(), map.clear()],
  };
  // The same walk each time, and it comes by everything.
  for (let at = 1, chance = 1; at < 5_000; at++) {
    chance = (chance * 48_271) % 2_147_483_647;
    const step = at % 97 === 0 ? "clear" : chance % 2 === 0 ? "set" : "delete";
    const [its, other] = steps[step](names[(chance >> 8) % names.length]!, at);
    expect<unknown>(its).toBe(other);
    expect([small.size, ...small.values()]).toEqual([map.size, ...map.values()]);
    for (const name of names) expect([small.has(name), small.get(name)]).toEqual([map.has(name), map.get(name)]);
  }
});

test("what is a value is no key", () => {
  const small = new SmallMap<string, string>().set("a", "b");
  expect([small.has("b"), small.get("b"), small.delete("b"), small.size]).toEqual([false, undefined, false, 1]);
});

test("whoever goes through the values may take them out meanwhile", () => {
  const small = new SmallMap<number, number>().set(1, 10).set(2, 20).set(3, 30);
  const seen: number[] = [];
  for (const value of small.values()) {
    seen.push(value);
    small.delete(value / 10);
  }
  expect([seen, small.size]).toEqual([[10, 20, 30], 0]);
});
