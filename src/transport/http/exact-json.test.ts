import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { exactNumber, mayRound, RoundedNumber, writeExactJson } from "./exact-json.ts";
import { parseJson } from "./json.ts";

const exact = { exactNumbers: true };
const MAX_UINT256 = 2n ** 256n - 1n;

describe("exact numbers", () => {
  test.each([
    ["0", 0],
    ["-1", -1],
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740993", 9_007_199_254_740_993n],
    ["-9007199254740993", -9_007_199_254_740_993n],
    [`${MAX_UINT256}`, MAX_UINT256],
    ["1e+21", 10n ** 21n],
    ["1.25e20", 125n * 10n ** 18n],
    ["12345678901234567890.0", 12_345_678_901_234_567_890n],
    ["1.5", 1.5],
    ["1e-7", 1e-7],
    ["100e-2", 1],
    ["0.000e-5", 0],
    ["0.1e1", 1],
    ["12345678901234567890.5e1", 123_456_789_012_345_678_905n],
    ["1e308", 1e308],
  ])("%s is read as it is", (text, value) => {
    expect(parseJson(`{"a":[${text}]}`, exact)).toEqual({ a: [value] });
  });

  test.each([
    ["9007199254740993.5", 9_007_199_254_740_994],
    ["4503599627370497.5", 4_503_599_627_370_498],
    ["-12345678901234567890.5", -12_345_678_901_234_567_000],
    ["1.00000000000000000001", 1],
    ["1e-400", 0],
    ["1e999", Infinity],
    ["-1e999", -Infinity],
    [`1.${"0".repeat(50_000)}1`, 1],
    [`12345678901234567890.${"0".repeat(50_000)}1`, 12_345_678_901_234_567_000],
  ])("%.30s, which a double would make whole, is the nearest one, and told from it", (text, nearest) => {
    const body = parseJson(`{"a":[${text}]}`, exact) as { readonly a: readonly unknown[] };
    expect(body).toEqual({ a: [new RoundedNumber(nearest, text)] });
    expect(writeExactJson(body)).toBe(`{"a":[${text}]}`);
  });

  test("a body that is such a number is the nearest one", () => {
    expect([parseJson("1e-400", exact), parseJson("1e999", exact)]).toEqual([0, Infinity]);
  });

  test("text that looks like a number stays text, and digits without an end are not worked on", () => {
    expect(parseJson('"12345678901234567890"', exact)).toBe("12345678901234567890");
    expect(parseJson("9".repeat(60_000), exact)).toBe(Infinity);
  });

  test("are written with all their digits, as numbers", () => {
    expect(writeExactJson({ a: MAX_UINT256, b: [1, "x", null] })).toBe(`{"a":${MAX_UINT256},"b":[1,"x",null]}`);
  });

  test("keys that would reach a prototype are still refused", () => {
    expect(() => parseJson('{"__proto__":{},"a":12345678901234567890}', exact)).toThrow("forbidden prototype");
  });

  test("are looked for in every text that has one, and not where only fractions are long", () => {
    const numbers = fc.oneof(
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value.toExponential()),
    );
    fc.assert(
      fc.property(fc.array(numbers), (written) => {
        const text = `[${written.join(",")}]`;
        expect(parseJson(text, exact)).toEqual(JSON.parse(text, exactNumber));
      }),
    );
    expect(mayRound('{"x":-56.81999969482422,"y":[0.1234567890123456789]}')).toBe(false);
  });
});
