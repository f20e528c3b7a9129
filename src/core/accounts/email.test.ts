import { expect, test } from "bun:test";
import { normalEmail } from "./email.ts";

test("addresses are compared trimmed, in lower case and composed", () => {
  expect(normalEmail("  Alice@Example.COM\n")).toBe("alice@example.com");
  expect(normalEmail("jose\u0301@x")).toBe("josé@x");
  expect(normalEmail("JOSE\u0301@x")).toBe("josé@x");
  expect(normalEmail("İ@x")).toBe(normalEmail(normalEmail("İ@x")!));
});

test("what is no address, or cannot be seen, is none", () => {
  for (const text of [
    "",
    "alice",
    "@x",
    "alice@",
    "al ice@x",
    "a:b@x",
    "a@x:b",
    "a\u0000@x",
    "a\u200b@x",
    "a\u00a0b@x",
    "\ud800@x",
  ]) {
    expect(normalEmail(text)).toBeNull();
  }
});

test("an address is bounded, and judged at once however long it is", () => {
  expect(normalEmail(`${"a".repeat(252)}@x`)).toHaveLength(254);
  expect(normalEmail(`${"a".repeat(253)}@x`)).toBeNull();
  expect(normalEmail(`${" ".repeat(1_000_000)}a@x`)).toBeNull();
});
