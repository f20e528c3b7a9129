import { expect, test } from "bun:test";
import { ago, bytes, count, duration, field, number, rate, words } from "./format.ts";

test("lengths of time have two units at most", () => {
  expect([0.42, 12, 999, 1_500, 12_300, 61_000, 300_000, 3_660_000, 90_000_000].map(duration)).toEqual([
    "0.4 ms",
    "12 ms",
    "999 ms",
    "1.5 s",
    "12 s",
    "1 min 1 s",
    "5 min",
    "1 h 1 min",
    "1 d 1 h",
  ]);
});

test("what is not known is a dash, not zero", () => {
  expect([number(null), rate(null), bytes(null), duration(null), ago(null, 0), field("x", null, 0)]).toEqual(
    Array(6).fill("–"),
  );
});

test("numbers are grouped, small rates keep a tenth, memory has a unit", () => {
  expect([number(12_345), rate(0.25), rate(1234.5), bytes(200 * 2 ** 20), bytes(1.5 * 2 ** 30)]).toEqual([
    "12,345",
    "0.3",
    "1,235",
    "200 MB",
    "1.5 GB",
  ]);
});

test("how long ago, and how many", () => {
  const past = [200, 5_400, 119_000, 7_200_000, 200_000_000, -4_000].map((ms) => ago(1e12, 1e12 + ms));
  expect(past).toEqual(["now", "5 s ago", "1 min ago", "2 h ago", "2 d ago", "now"]);
  expect([count(1, "match", "matches"), count(2, "match", "matches")]).toEqual(["1 match", "2 matches"]);
});

test("names of fields become words, and say what their values are", () => {
  expect(["lastBeatAt", "waitMs", "connect_code", "players"].map(words)).toEqual([
    "Last beat",
    "Wait",
    "Connect code",
    "Players",
  ]);
  expect([field("waitMs", 1_500, 0), field("isOpen", true, 0), field("players", 1_200, 0), field("a", "", 0)]).toEqual([
    "1.5 s",
    "yes",
    "1,200",
    "–",
  ]);
});
