import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nestsDeeperThan, parseJson } from "./json.ts";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe("how deep a text nests", () => {
  test("is that of its value, whatever its strings hold", () => {
    const text = fc.string({ unit: fc.constantFrom("\\", '"', "[", "{", "]", "}", "a") });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, text, fc.array(tie("value")), fc.dictionary(text, tie("value"))),
    }));
    fc.assert(
      fc.property(value, fc.nat(8), (any, limit) => {
        expect(nestsDeeperThan(limit, JSON.stringify(any))).toBe(depthOf(any) > limit);
      }),
    );
  });

  test("of a string without an end is what stands before it", () => {
    expect(nestsDeeperThan(1, '[["[[[')).toBe(true);
    expect(nestsDeeperThan(2, '[["[[[\\"')).toBe(false);
  });
});

describe("parsing", () => {
  test("refuses keys that reach for prototypes, however they are written", () => {
    const forbidden = [
      '{"__proto__":1}',
      '{"a":[{"__proto__":{}}]}',
      '{"\\u005f_proto__":1}',
      '{"\\u005F\\u005Fproto\\u005f_" :1}',
      '{"constructor":{"prototype":1}}',
      '{"\\u0063onstructor":{"prototype":{}}}',
    ];
    for (const text of forbidden) expect(() => parseJson(text)).toThrow("not valid JSON");
  });

  test("takes the same words as values, and a byte order mark", () => {
    expect(parseJson('{"a":"__proto__","b":"constructor","c":"\\u005f"}')).toEqual({
      ...{ a: "__proto__", b: "constructor", c: "_" },
    });
    expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test("says where a text breaks", () => {
    expect(() => parseJson('{"a":}')).toThrow("not valid JSON");
  });
});
