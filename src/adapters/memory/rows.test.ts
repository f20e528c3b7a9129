import { expect, test } from "bun:test";
import { Rows } from "./rows.ts";

type Column = 0 | 7;

test("each row has numbers of its own, however many there are", () => {
  const rows = new Rows<Column>();
  const taken = Array.from({ length: 1_000 }, () => rows.take());
  for (const row of taken) {
    rows.set(row, 0, row + 0.5);
    rows.set(row, 7, -row);
  }
  expect(new Set(taken).size).toBe(1_000);
  expect(taken.every((row) => rows.get(row, 0) === row + 0.5 && rows.small(row, 7) === -row)).toBe(true);
});

test("a row that was given back comes again, empty, and no other has changed", () => {
  const rows = new Rows<Column>();
  const [first, second] = [rows.take(), rows.take()];
  for (const row of [first, second]) rows.set(row, 7, 2 ** 53);
  rows.giveBack(first);
  expect(rows.take()).toBe(first);
  expect([rows.get(first, 7), rows.get(second, 7)]).toEqual([0, 2 ** 53]);
});
