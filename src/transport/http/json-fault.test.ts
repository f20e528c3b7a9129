import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findFault } from "./json-fault.ts";

describe("a fault in JSON", () => {
  test.each([
    ["", 0, "Expecting value"],
    ["{", 1, "Expecting property name enclosed in double quotes"],
    ["{,}", 1, "Expecting property name enclosed in double quotes"],
    ['{"a" 1}', 5, "Expecting ':' delimiter"],
    ['{"a":}', 5, "Expecting value"],
    ['{"a":NaN}', 5, "Expecting value"],
    ['{"a":1 "b":2}', 7, "Expecting ',' delimiter"],
    ['{"a":1,}', 7, "Expecting property name enclosed in double quotes"],
    ["[1,]", 3, "Expecting value"],
    ["[01]", 2, "Expecting ',' delimiter"],
    ['"abc', 0, "Unterminated string starting at"],
    ['"a\nb"', 2, "Invalid control character at"],
    ['{"a":"b', 5, "Unterminated string starting at"],
    ['"a\\', 0, "Unterminated string starting at"],
    ['"a\\"', 0, "Unterminated string starting at"],
    ['"a\\x"', 2, "Invalid \\escape"],
    ['"a\\\n"', 2, "Invalid \\escape"],
    ['"a\\u12"', 3, "Invalid \\uXXXX escape"],
    ['"a\\u', 3, "Invalid \\uXXXX escape"],
    ['"a\\u1234', 3, "Invalid \\uXXXX escape"],
    ['"\\ud800\\uzzzz"', 8, "Invalid \\uXXXX escape"],
    ['["😀\\x"]', 3, "Invalid \\escape"],
    ["{} {}", 3, "Extra data"],
    ['["😀" 1]', 5, "Expecting ',' delimiter"],
  ])("of %j is found at %d", (text, at, reason) => {
    expect(findFault(text)).toEqual({ at, reason });
  });

  test("is found in exactly those texts that do not parse", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "a",
      '"a"',
      "1",
      "-",
      ".5",
      "e3",
      "null",
      " ",
      "\\",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(findFault(text) === null).toBe(parses);
      }),
      { numRuns: 3000 },
    );
  });
});
