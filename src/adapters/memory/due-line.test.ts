import { expect, test } from "bun:test";
import { DueLine } from "./due-line.ts";

test("each comes out once, when it is due and not before, however many there are and in whatever order they came", () => {
  const line = new DueLine<number>();
  const due = Array.from({ length: 10_000 }, (_, n) => (n % 7 === 3 ? n - 500 : n));
  const taken: number[] = [];
  const takeUntil = (now: number): void => {
    for (let n = line.take(now); n !== undefined; n = line.take(now)) {
      expect(due[n]).toBeLessThanOrEqual(now);
      taken.push(n);
    }
  };
  for (const [n, at] of due.entries()) {
    line.add(n, at);
    if (n % 100 === 0) takeUntil(n - 3_000);
  }
  takeUntil(7_000);
  expect(taken.toSorted((one, other) => one - other)).toEqual([...due.keys()].filter((n) => due[n]! <= 7_000));
  takeUntil(20_000);
  expect(new Set(taken).size).toBe(10_000);
  line.add(0, 20_000);
  expect([line.take(19_999), line.take(20_000), line.take(20_000)]).toEqual([undefined, 0, undefined]);
});
