import { expect, test } from "bun:test";
import { systemRandom } from "../../adapters/system/random.ts";
import { sortableUuid } from "./sortable-uuid.ts";

const NOW = Date.UTC(2026, 0, 1);

test("has the form of a version 4 UUID", () => {
  for (const now of [0, 1, NOW, 2 ** 40 - 1, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    expect(sortableUuid(systemRandom, now)).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  }
});

test("of two, the later one is behind the earlier one", () => {
  const ids = Array.from({ length: 1_000 }, (_, ms) => sortableUuid(systemRandom, NOW + ms));
  expect(ids).toEqual(ids.toSorted());
});

test("those of one moment are all different, in all that is not the time", () => {
  const ids = Array.from({ length: 10_000 }, () => sortableUuid(systemRandom, NOW));
  expect(new Set(ids.map((id) => id.slice(0, 11))).size).toBe(1);
  expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(ids.length);
});
