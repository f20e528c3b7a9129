import { expect, test } from "bun:test";
import { currentPartings, noPartings, partingsWith } from "./partings.ts";

test("partings are remembered until their time", () => {
  const partings = partingsWith(partingsWith(noPartings, "a", 100), "b", 200);
  expect(currentPartings(partings, 99).map((one) => one.id)).toEqual(["a", "b"]);
  expect(currentPartings(partings, 100).map((one) => one.id)).toEqual(["b"]);
  expect(currentPartings(partings, 200)).toEqual([]);
});

test("a second parting from the same one counts from then on", () => {
  const partings = partingsWith(partingsWith(noPartings, "a", 100), "a", 150);
  expect(currentPartings(partings, 0)).toEqual([{ id: "a", until: 150 }]);
});

test("only the newest 32 are remembered", () => {
  let partings = noPartings;
  for (let at = 0; at < 40; at++) partings = partingsWith(partings, `m${at}`, 1_000);
  expect(currentPartings(partings, 0)).toHaveLength(32);
  expect(currentPartings(partings, 0)[0]).toEqual({ id: "m8", until: 1_000 });
});
