import { expect, test } from "bun:test";
import { isWithin } from "./weigh.ts";

const limits = { depth: 3, bytes: 100 };
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

test("plain values of any kind are within the limits", () => {
  for (const value of [null, undefined, 1, true, "text", [1, 2], { a: { b: ["c"] } }, new Uint8Array(10)]) {
    expect(isWithin(limits, value)).toBe(true);
  }
});

test("depth is allowed up to the limit", () => {
  expect(isWithin(limits, nested(3))).toBe(true);
  expect(isWithin(limits, nested(4))).toBe(false);
  expect(isWithin(limits, JSON.parse("[".repeat(200_000) + "]".repeat(200_000)))).toBe(false);
});

test("strings, keys and the number of values have a weight", () => {
  expect(isWithin(limits, "x".repeat(98))).toBe(true);
  expect(isWithin(limits, "x".repeat(99))).toBe(false);
  expect(isWithin(limits, { ["k".repeat(99)]: 1 })).toBe(false);
  expect(
    isWithin(
      limits,
      Array.from({ length: 50 }, () => null),
    ),
  ).toBe(false);
});

test("a binary part counts each time it occurs", () => {
  const part = Buffer.alloc(40);
  expect(isWithin(limits, [part, part])).toBe(true);
  expect(isWithin(limits, [part, part, part])).toBe(false);
  expect(isWithin(limits, new ArrayBuffer(99))).toBe(false);
});

test("a __proto__ key is within no limit, at any depth", () => {
  expect(isWithin(limits, JSON.parse('{"a":{"__proto__":1}}'))).toBe(false);
  expect(isWithin(limits, { proto: "__proto__" })).toBe(true);
});
