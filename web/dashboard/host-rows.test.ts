import { expect, test } from "bun:test";
import type { HostCount } from "../../src/faces/operator/wire.ts";
import { hostRows, MOST_ROWS } from "./host-rows.ts";

const regions = (count: number): HostCount[] =>
  Array.from({ length: count }, (_, at) => [
    { face: "host-pool", region: `r${at}`, state: "idle", count: at + 1 },
    { face: "host-pool", region: `r${at}`, state: "busy", count: 1 },
  ]).flat();

const texts = (hosts: readonly HostCount[]): string[] =>
  hostRows(hosts).map(({ cells }) => cells.map(({ text }) => text).join(" "));

test("a region has one row, by name", () => {
  const hosts = regions(3).toReversed();
  expect(texts(hosts)).toEqual(["host-pool r0 1 1", "host-pool r1 1 2", "host-pool r2 1 3"]);
});

test("of many regions those with most hosts come first, and none twice", () => {
  const rows = texts(regions(MOST_ROWS + 2));
  expect(new Set(rows).size).toBe(MOST_ROWS + 2);
  expect(rows.length).toBe(MOST_ROWS + 2);
  expect(rows.slice(MOST_ROWS)).toEqual(["host-pool r1 1 2", "host-pool r0 1 1"]);
});
