import { expect, test } from "bun:test";
import { normalPassword, passwordProblem } from "./password.ts";

test("a password has 8 to 1024 characters, whatever they are", () => {
  expect(passwordProblem("1234567")).toBe("must be at least 8 characters");
  expect(passwordProblem("12345678")).toBeNull();
  expect(passwordProblem("🦊".repeat(7))).toBe("must be at least 8 characters");
  expect(passwordProblem("🦊".repeat(1024))).toBeNull();
  expect(passwordProblem("a".repeat(1025))).toBe("must be at most 1024 characters");
  expect(passwordProblem("a".repeat(60_000))).toBe("must be at most 1024 characters");
  expect(passwordProblem("        ")).toBeNull();
  expect(passwordProblem("1234567\ud800")).toBe("must be valid Unicode");
});

test("the same letters are the same password, however they were typed", () => {
  expect(normalPassword("passwo\u0308rd")).toBe(normalPassword("passwörd"));
});
