import { expect, test } from "bun:test";
import { isName, MAX_NAME, say } from "./names.ts";

test("a name has 1 to 256 characters, whatever they take", () => {
  for (const character of ["a", "ä", "😀"]) {
    expect(isName(character)).toBe(true);
    expect(isName(character.repeat(MAX_NAME))).toBe(true);
    expect(isName(character.repeat(MAX_NAME + 1))).toBe(false);
  }
  expect(isName("")).toBe(false);
});

test("what no store can keep is no name", () => {
  for (const text of ["\u0000", "a\u0000b", "\ud800", "a\udc00"]) expect(isName(text)).toBe(false);
  for (const text of ["a/b", "'", '"', "\n", " ", "%", "\ufffd"]) expect(isName(text)).toBe(true);
});

test("a long name is cut between characters", () => {
  expect(say("short")).toBe("short");
  expect(say("😀".repeat(MAX_NAME))).toBe("😀".repeat(MAX_NAME));
  expect(say("😀".repeat(5_000))).toBe(`${"😀".repeat(MAX_NAME)}…`);
});
