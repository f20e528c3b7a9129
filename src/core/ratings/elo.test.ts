import { describe, expect, test } from "bun:test";
import { elo } from "./elo.ts";

describe("Elo", () => {
  test.each([
    [1500, 1500, "p1", 1516, 1484],
    [1500, 1500, "p2", 1484, 1516],
    [1500, 1500, null, 1500, 1500],
    [1900, 1500, "p1", 1903, 1497],
    [1900, 1500, "p2", 1871, 1529],
    [1900, 1500, null, 1887, 1513],
    [1600, 1500, "p1", 1612, 1488],
  ] as const)("%d against %d, won by %s: %d and %d", (p1, p2, winner, after1, after2) => {
    expect(elo({ p1, p2 }, winner)).toEqual({ p1: after1, p2: after2 });
  });
});
