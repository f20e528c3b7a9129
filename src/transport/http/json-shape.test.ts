import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shapeOf } from "./json-shape.ts";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

/** Texts of whatever could be taken for structure, and all that can be built of them. */
const text = fc.string({ unit: fc.constantFrom("\\", '"', "[", "{", "]", "}", ":", "a") });
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 6 }, text, fc.array(tie("value")), fc.dictionary(text, tie("value"))),
}));

describe("the shape of a text", () => {
  test("has the depth of its value, whatever its strings hold", () => {
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, "\t"), (any, indent) => {
        expect(shapeOf(JSON.stringify(any, null, indent)).depth).toBe(depthOf(any));
      }),
    );
  });

  test("has as many members as its value, whatever those hold", () => {
    fc.assert(
      fc.property(fc.dictionary(text, value), fc.constantFrom(0, 1, "\t"), (object, indent) => {
        expect(shapeOf(JSON.stringify(object, null, indent)).members).toBe(Object.keys(object).length);
      }),
    );
  });

  test("counts a member as often as it stands there, and none of an array", () => {
    expect(shapeOf(`{"a":1,"a":{"b":2},"\\u0061":3}`).members).toBe(3);
    expect(shapeOf(`[{"a":1}]`).members).toBe(0);
  });

  test("is what stands before a string without an end", () => {
    expect(shapeOf('[["[[[').depth).toBe(2);
    expect(shapeOf('[["[[[\\"').depth).toBe(2);
  });

  test.each([
    [`{"__proto__":1}`, true],
    [`[{"a":{"__proto__" :1}}]`, true],
    [`{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":1}`, true],
    [`{"constructor":1}`, true],
    [`{"\\u0063onstructor":1}`, true],
    ["\ufeff{}", true],
    [`{"__prot___":"__proto__","constructoR":["constructor"],"c":"\\u005f_proto__"}`, false],
    [`{"${"\\\\".repeat(34)}":1}`, false],
  ])("of %s may reach for prototypes: %p", (text, may) => {
    expect(shapeOf(text).mayReachForPrototypes).toBe(may);
  });
});
