import { describe, expect, test } from "bun:test";
import { confirmedRegressions, regressions, vanishedWorks } from "./compare.ts";
import type { Measured } from "./table.ts";
import type { Row, Target } from "./work.ts";

const FAST: Target = { atLeast: 0.75 };
const CHEAP: Target = { atMost: 0.5 };

const row = (value: number, target?: Target, more: Partial<Row> = {}): Row => ({
  what: "row",
  unit: "things",
  ours: [value, value, value],
  against: [{ name: "limit", kind: "limit", samples: [1, 1, 1], ...(target === undefined ? {} : { target }) }],
  generator: 0.3,
  ...more,
});

const work = (...rows: Row[]): Measured => ({ name: "work", title: "Work", rows });
const compare = (was: Row, is: Row): readonly string[] => regressions([work(was)], [work(is)]).map(({ why }) => why);

describe("a ratio", () => {
  test("that should be high is worse when it is more than a quarter lower", () => {
    expect(compare(row(0.8, FAST), row(0.61, FAST))).toEqual([]);
    expect(compare(row(0.8, FAST), row(2, FAST))).toEqual([]);
    expect(compare(row(0.8, FAST), row(0.59, FAST))).toEqual(["0.59; kept: 0.8"]);
  });

  test("that should be low is worse when it is more than a quarter higher", () => {
    expect(compare(row(0.4, CHEAP), row(0.49, CHEAP))).toEqual([]);
    expect(compare(row(0.4, CHEAP), row(0.1, CHEAP))).toEqual([]);
    expect(compare(row(0.4, CHEAP), row(0.51, CHEAP))).toEqual(["0.51; kept: 0.4"]);
  });

  test("is that of the middle round", () => {
    expect(compare(row(0.8, FAST), { ...row(0.8, FAST), ours: [0.1, 0.8, 0.9] })).toEqual([]);
  });

  test("without a target has no direction and is not compared", () => {
    expect(compare(row(0.8), row(0.1))).toEqual([]);
  });

  test("whose target has changed its bound goes by its direction alone", () => {
    expect(compare(row(0.8, FAST), row(0.79, { atLeast: 0.9 }))).toEqual([]);
  });

  test("that is no number is worse", () => {
    expect(compare(row(0.8, FAST), row(Number.NaN, FAST))).toHaveLength(1);
  });
});

describe("a count", () => {
  const count = (value: number): Row => ({ ...row(value), against: [], isCount: true });

  test("is worse when it is more than a tenth higher", () => {
    expect(compare(count(1_000), count(1_090))).toEqual([]);
    expect(compare(count(1_000), count(10))).toEqual([]);
    expect(compare(count(1_000), count(1_110))).toEqual(["1,110; kept: 1,000"]);
  });

  test("that was not one when it was kept is compared once it is kept as one", () => {
    expect(compare({ ...row(1_000), against: [] }, count(2_000))).toEqual([]);
  });
});

describe("what is there", () => {
  test("only now is not compared", () => {
    expect(regressions([], [work(row(0.1, FAST))])).toEqual([]);
    expect(regressions([work(row(1, FAST))], [work(row(1, FAST), row(0.1, FAST, { what: "new" }))])).toEqual([]);
  });

  test("no more is worse: a row, a rival, a target", () => {
    const gone = [{ work: "work", what: "row / limit", why: "is measured no more" }];
    expect(regressions([work(row(1, FAST))], [work()])).toEqual(gone);
    expect(regressions([work(row(1, FAST))], [work(row(1, FAST, { against: [] }))])).toEqual(gone);
    expect(regressions([work(row(1, FAST))], [work(row(1))])).toEqual(gone);
  });

  test("no more is worse: a whole work, where all were measured", () => {
    expect(vanishedWorks([work(row(1, FAST))], [])).toEqual([
      { work: "work", what: "Work", why: "is measured no more" },
    ]);
    expect(vanishedWorks([work()], [work()])).toEqual([]);
    expect(regressions([work(row(1, FAST))], [])).toEqual([]);
  });
});

test("a row whose load was the bottleneck cannot pass", () => {
  const loaded = row(1, FAST, { generator: 0.93 });
  expect(compare(row(1, FAST), loaded)).toEqual(["the load's generator used 93 % of its core"]);
  expect(compare(loaded, row(1, FAST))).toEqual([]);
});

describe("what looks worse is measured again", () => {
  const kept = [work(row(1, FAST), row(1, FAST, { what: "other" }))];
  /** What each measurement finds, in order. */
  const confirm = async (...found: (readonly [number, number])[]) => {
    const runs = found.map(([one, other]) => work(row(one, FAST), row(other, FAST, { what: "other" })));
    const left = runs.slice(1);
    const worse = await confirmedRegressions(kept, [runs[0]!], async () => left.shift()!);
    return { worse: worse.map(({ what }) => what), again: runs.length - 1 - left.length };
  };

  test("not at all if nothing does", async () => {
    expect(await confirm([1, 1], [0, 0])).toEqual({ worse: [], again: 0 });
  });

  test("and believed when it is worse three times", async () => {
    expect(await confirm([0.5, 1], [0.5, 1], [0.6, 1], [1, 1])).toEqual({ worse: ["row / limit"], again: 2 });
  });

  test("and was nothing if it is well once", async () => {
    expect(await confirm([0.5, 1], [0.9, 1], [0, 0])).toEqual({ worse: [], again: 1 });
    expect(await confirm([0.5, 1], [0.5, 1], [0.9, 1])).toEqual({ worse: [], again: 2 });
  });

  test("and is nothing if something else is worse each time", async () => {
    expect(await confirm([0.5, 1], [1, 0.5], [0.5, 0.5])).toEqual({ worse: [], again: 1 });
  });
});
