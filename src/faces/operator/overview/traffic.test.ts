import { expect, test } from "bun:test";
import { percentile, percentilesOf, ratesOf, sumOf, trafficBetween } from "./traffic.ts";

const totals = (requests: number, overall: readonly number[]) => ({
  ...{ requests, refusals: 0, errors: 1, bounds: [10, 20, 50], overall },
  byFace: { arena: overall },
});

test("traffic is what came between two reports, and nothing less than nothing after a restart", () => {
  const before = { at: 1_000, messages: 10, totals: totals(5, [1, 2, 3, 3]) };
  const after = { at: 3_000, messages: 30, totals: totals(25, [5, 8, 9, 10]) };
  const traffic = trafficBetween(before, after);
  expect(traffic).toMatchObject({ seconds: 2, requests: 20, messages: 20, errors: 0, overall: [4, 6, 6, 7] });
  expect(ratesOf([traffic, traffic])).toEqual({ requests: 20, messages: 20, refusals: 0, errors: 0 });
  expect(trafficBetween(after, before)).toMatchObject({ requests: 0, messages: 0, overall: [0, 0, 0, 0] });
});

test("percentiles lie within their bucket, and beyond the last bound on it", () => {
  const bounds = [10, 20, 50];
  expect(percentilesOf(bounds, [0, 0, 0, 0])).toEqual({ p50: null, p95: null, p99: null });
  expect(percentilesOf(bounds, [100, 100, 100, 100])).toEqual({ p50: 5, p95: 9.5, p99: 9.9 });
  expect(percentilesOf(bounds, [50, 90, 90, 100])).toEqual({ p50: 10, p95: 50, p99: 50 });
  expect(
    percentilesOf(
      bounds,
      sumOf([
        [10, 10, 10, 10],
        [0, 10, 10, 10],
      ]),
    ),
  ).toMatchObject({ p50: 10 });
  expect(percentilesOf([], [])).toMatchObject({ p50: null });
});

test("of single values it is one of them", () => {
  expect([percentile([], 0.5), percentile([5], 0.95), percentile([3, 1, 2], 0.5)]).toEqual([null, 5, 2]);
});
