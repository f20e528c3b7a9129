import { expect, test } from "bun:test";
import { readResumeToken, writeResumeToken } from "./resume-token.ts";

test("a first seat's token is its secret", () => {
  expect(writeResumeToken("a", undefined)).toBe("a");
  expect(readResumeToken("a")).toEqual({ secret: "a", former: [] });
});

test("a token tells of the seats before, newest first, up to three", () => {
  let token = "a";
  for (const secret of ["b", "c", "d", "e"]) token = writeResumeToken(secret, token);
  expect(readResumeToken(token)).toEqual({ secret: "e", former: ["d", "c", "b"] });
});

test("what cannot be a secret does not come back in a token", () => {
  expect(writeResumeToken("b", "<script>.ä")).toBe("b");
  expect(writeResumeToken("b", "x".repeat(65))).toBe("b");
  expect(readResumeToken("")).toEqual({ secret: "", former: [] });
});
