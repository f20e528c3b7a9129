import { expect, test } from "bun:test";
import fc from "fast-check";
import { isPolite } from "./glare.ts";

test("the peer whose id comes first gives way", () => {
  expect(isPolite("peer-12345", "peer-67890")).toBe(true);
  expect(isPolite("peer-67890", "peer-12345")).toBe(false);
  expect(isPolite("Z", "a")).toBe(true);
  expect(isPolite("a", "ab")).toBe(true);
});

test("of any two peers exactly one gives way", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      fc.pre(a !== b);
      expect(isPolite(a, b)).toBe(!isPolite(b, a));
    }),
  );
});
