import { expect, test } from "bun:test";
import { memoryGraph } from "./graph.ts";
import { sampleOf, slopeOf } from "./samples.ts";

test("the slope of a line is its own, that of noise around a level is nearly none", () => {
  const points = Array.from({ length: 100 }, (_, x) => [x, 7 + 3 * x] as const);
  expect(slopeOf(points)).toBeCloseTo(3, 9);
  expect(slopeOf(points.map(([x]) => [x, x % 2]))).toBeCloseTo(0, 2);
  expect(slopeOf([[5, 9]])).toBe(0);
});

test("a process has memory, descriptors and has used the processor", () => {
  const { at, rssMiB, descriptors, cpuSeconds } = sampleOf(process.pid, 4);
  expect(at).toBe(4);
  expect(rssMiB).toBeGreaterThan(10);
  expect(descriptors).toBeGreaterThan(2);
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuSeconds - (user + system) / 1_000_000)).toBeLessThan(0.1);
});

test("the graph shows each process by name", () => {
  const samples = [sampleOf(process.pid, 0), sampleOf(process.pid, 60)];
  const svg = memoryGraph("Memory", new Map([["one node", samples]]));
  expect(svg).toContain(">one node</text>");
  expect(svg.match(/<polyline/g)).toHaveLength(1);
});
