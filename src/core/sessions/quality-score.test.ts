import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Scored } from "../../ports/host-records.ts";
import { qualityScore } from "./quality-score.ts";

const fresh: Scored = {
  latencyMs: 0,
  packetLossPercent: 0,
  bandwidthUsageMbps: 0,
  currentPlayers: 0,
  maxPlayers: 50,
  networkSpeedMbps: 1000,
};
const score = (more: Partial<Scored>): number => qualityScore({ ...fresh, ...more });

test("the document's two examples come out exactly", () => {
  expect(score({})).toBe(100);
  expect(score({ latencyMs: 25.5, packetLossPercent: 0.1, bandwidthUsageMbps: 50, currentPlayers: 10 })).toBe(98.5);
});

test("latency above 50 ms costs 0.2 a ms, 40 at most", () => {
  expect([50, 51, 100, 250, 10_000].map((latencyMs) => score({ latencyMs }))).toEqual([100, 99.8, 90, 60, 60]);
});

test("packet loss costs 5 a percent, 40 at most", () => {
  expect([0.01, 1, 8, 100].map((packetLossPercent) => score({ packetLossPercent }))).toEqual([99.95, 95, 60, 60]);
});

test("players cost their share of 5, and more where there are more than places", () => {
  expect([25, 50, 55, 10_000].map((currentPlayers) => score({ currentPlayers }))).toEqual([97.5, 95, 94.5, 0]);
});

test("a line in use above 80 % costs up to 15", () => {
  expect([800, 900, 1000, 5000].map((bandwidthUsageMbps) => score({ bandwidthUsageMbps }))).toEqual([
    100, 92.5, 85, 85,
  ]);
});

test("a speed that is zero or not known costs nothing", () => {
  expect(score({ networkSpeedMbps: null, bandwidthUsageMbps: 900 })).toBe(100);
  expect(score({ networkSpeedMbps: 0, bandwidthUsageMbps: 900 })).toBe(100);
  expect(score({ maxPlayers: 0, currentPlayers: 3 })).toBe(100);
});

test("whatever a host reports, the score is from 0 to 100 and has two decimals", () => {
  const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
  const host = fc.record({
    latencyMs: amount,
    packetLossPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    bandwidthUsageMbps: amount,
    currentPlayers: fc.nat(),
    maxPlayers: fc.nat(),
    networkSpeedMbps: fc.option(amount),
  });
  fc.assert(
    fc.property(host, (host) => {
      const score = qualityScore(host);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
      expect(Number(score.toFixed(2))).toBe(score);
    }),
  );
});
