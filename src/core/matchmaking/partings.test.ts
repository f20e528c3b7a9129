import { expect, test } from "bun:test";
import { createPartings } from "./partings.ts";

test("partings are remembered until their time", () => {
  const partings = createPartings();
  partings.add("a", 100);
  partings.add("b", 200);
  expect(partings.current(99).map((one) => one.id)).toEqual(["a", "b"]);
  expect(partings.current(100).map((one) => one.id)).toEqual(["b"]);
  expect(partings.current(200)).toEqual([]);
});

test("a second parting from the same one counts from then on", () => {
  const partings = createPartings();
  partings.add("a", 100);
  partings.add("a", 150);
  expect(partings.current(0)).toEqual([{ id: "a", until: 150 }]);
});

test("only the newest 32 are remembered", () => {
  const partings = createPartings();
  for (let at = 0; at < 40; at++) partings.add(`m${at}`, 1_000);
  expect(partings.current(0)).toHaveLength(32);
  expect(partings.current(0)[0]).toEqual({ id: "m8", until: 1_000 });
});
