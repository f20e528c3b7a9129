import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { membersOf } from "./json-members.ts";

const read = (text: string) => membersOf(text).map(({ key, start, end }) => [key, text.slice(start, end)]);

describe("the members of an object", () => {
  test("are its values as they were written, in their order", () => {
    expect(read(` { "a" : 1.0 ,"b":[1,{"c":"}"}], "":"x\\"," , "e" : 12345678901234567890}\n`)).toEqual([
      ["a", "1.0"],
      ["b", `[1,{"c":"}"}]`],
      ["", `"x\\","`],
      ["e", "12345678901234567890"],
    ]);
    expect(read("{}")).toEqual([]);
    expect(read(" { } ")).toEqual([]);
  });

  test("come as often as they stand there, by whatever spelling", () => {
    expect(read(`{"a":1,"\\u0061":2}`)).toEqual([
      ["a", "1"],
      ["a", "2"],
    ]);
  });

  test("are those of the parsed object, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 4 })),
        fc.constantFrom(0, 1, "\t"),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent);
          const members = membersOf(text);
          expect(members.map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown)).toEqual(
            Object.keys(object).map((key) => (JSON.parse(text) as Record<string, unknown>)[key]),
          );
        },
      ),
    );
  });
});
