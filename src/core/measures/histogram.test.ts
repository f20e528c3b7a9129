import { expect, test } from "bun:test";
import { Histogram } from "./histogram.ts";

test("each value counts for its bound and all above it", () => {
  const histogram = new Histogram([1, 2, 5]);
  for (const value of [0, 1, 1.5, 5, 6]) histogram.observe(value);
  expect(histogram.read()).toEqual({ bounds: [1, 2, 5], atMost: [2, 3, 4], count: 5, sum: 13.5 });
});

test("nothing counted is all zeros", () => {
  expect(new Histogram([1]).read()).toEqual({ bounds: [1], atMost: [0], count: 0, sum: 0 });
});
