import { describe, expect, test } from "bun:test";
import { isRowMet, short, toMarkdown } from "./table.ts";
import type { Row } from "./work.ts";

const row: Row = {
  what: "heartbeat",
  unit: "requests a second",
  ours: [80, 100, 90],
  against: [
    { name: "bare route", kind: "limit", samples: [100, 100, 100], target: { atLeast: 0.75 } },
    { name: "another", kind: "peer", samples: [10, 10, 10] },
  ],
  generator: 0.5,
};

const lines = (one: Row): string[] => toMarkdown([{ name: "work", title: "Work", rows: [one] }]).split("\n");

describe("the table", () => {
  test("shows each figure beside its limit and its peers, with the target and whether it is met", () => {
    expect(lines(row).slice(4)).toEqual([
      "| heartbeat | 90 (80–100) | requests a second | bare route (limit) | 100 | 0.9 | ≥ 0.75 | met |",
      "|  |  |  | another | 10 | 9 |  |  |",
      "",
    ]);
  });

  test("shows a target of its own on a line of its own", () => {
    const own = lines({ ...row, target: { atMost: 50 } });
    expect(own[4]).toBe("| heartbeat | 90 (80–100) | requests a second |  |  |  | ≤ 50 | **missed** |");
    expect(own[5]).toStartWith("|  |  |  | bare route (limit) |");
  });

  test("has a note where a row has one, and where the load's generator was too busy", () => {
    const noted = lines({ ...row, note: "why.", generator: 0.9 });
    expect(noted).toContain("- heartbeat: why.");
    expect(noted).toContain("- heartbeat: the load's generator used 90 % of its core.");
  });
});

describe("a row is met", () => {
  test("if all its targets are", () => {
    expect(isRowMet(row)).toBe(true);
    expect(isRowMet({ ...row, ours: [70, 70, 70] })).toBe(false);
    expect(isRowMet({ ...row, target: { atLeast: 91 } })).toBe(false);
    expect(isRowMet({ ...row, target: { atMost: 90 } })).toBe(true);
  });

  test("not if the load was the bottleneck", () => {
    expect(isRowMet({ ...row, generator: 0.81 })).toBe(false);
  });
});

test("figures have three digits that count, and thousands in full", () => {
  expect([0.012345, 12.345, 999.6, 1_000, 1_234_567.8].map(short)).toEqual([
    "0.0123",
    "12.3",
    "1,000",
    "1,000",
    "1,234,568",
  ]);
  expect(short(Number.NaN)).toBe("–");
});
