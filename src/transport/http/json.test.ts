import { describe, expect, test } from "bun:test";
import { parseJson } from "./json.ts";

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
