import { expect, test } from "bun:test";
import { asOne } from "./several.ts";
import type { Measured } from "./table.ts";

const run = (ours: number[], theirs: number[], generator: number, what = "row"): Measured => ({
  name: "work",
  title: "Work",
  rows: [
    {
      what,
      unit: "things",
      ours,
      against: [{ name: "limit", kind: "limit", samples: theirs, target: { atLeast: 0.6 } }],
      generator,
    },
  ],
});

test("several runs are one with the samples of all, round by round, and the busiest generator", () => {
  expect(asOne([run([1, 2], [3, 4], 0.2), run([5], [6], 0.5), run([7], [8], 0.3)])).toEqual(
    run([1, 2, 5, 7], [3, 4, 6, 8], 0.5),
  );
});

test("one run is itself", () => {
  expect(asOne([run([1, 2], [3, 4], 0.2)])).toEqual(run([1, 2], [3, 4], 0.2));
});

test("runs without the same rows are refused", () => {
  expect(() => asOne([run([1], [2], 0.2), run([1], [2], 0.2, "another row")])).toThrow(
    "row is not in each run of work",
  );
  expect(() => asOne([])).toThrow("there is no run");
});
