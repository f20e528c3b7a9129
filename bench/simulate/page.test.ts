import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readKept, type Kept } from "../harness/kept.ts";
import { withFigures } from "./page.ts";

const page = readFileSync(join(import.meta.dir, "../../docs/scaling.md"), "utf8");

test("docs/scaling.md has the figures that are kept", () => {
  expect(page).toBe(withFigures(page, readKept("full")));
});

test("its table says what one core does, and leaves out what says nothing of that", () => {
  const row = { ours: [9, 10, 11], against: [], generator: 0 };
  const rows = [
    { ...row, what: "relay", unit: "µs of CPU a message" },
    { ...row, what: "beats", unit: "requests a second" },
    { ...row, what: "p99", unit: "ms" },
  ];
  const kept = { machine: {}, works: [{ name: "work", title: "Work", rows }] } as unknown as Kept;
  const table = /<!-- figures[^\n]*\n([^]*?)\n<!-- end/.exec(withFigures(page, kept))![1]!;
  expect(table.split("\n").slice(2)).toEqual([
    "| Work | relay | 10 µs of CPU a message | 100,000 a second |",
    "| Work | beats | 10 requests a second | 10 a second |",
  ]);
});
