import { expect, test } from "bun:test";
import { DrawList, NONE } from "./draw-list.ts";
import { Rows } from "./rows.ts";

function listOf(count: number): { list: DrawList<0>; rows: readonly number[] } {
  const table = new Rows<0>();
  const list = new DrawList(table, 0);
  const rows = Array.from({ length: count }, () => table.take());
  for (const row of rows) list.add(row);
  return { list, rows };
}

test("each that is in the list is drawn by its part of what can be picked, and none that has left", () => {
  const { list, rows } = listOf(10);
  list.add(rows[3]!);
  for (const gone of [rows[0]!, rows[9]!, rows[4]!, rows[4]!]) list.remove(gone);
  const drawn = Array.from({ length: 7 }, (_, n) => list.draw(n / 7 + 0.01));
  expect(drawn.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 5, 6, 7, 8]);
});

test("of an empty list, and by what is no pick, nothing is drawn", () => {
  const { list, rows } = listOf(1);
  expect([list.draw(0.5), list.draw(1), list.draw(Number.NaN)]).toEqual([rows[0]!, NONE, NONE]);
  list.remove(rows[0]!);
  expect(list.draw(0)).toBe(NONE);
});
