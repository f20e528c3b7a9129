import { expect, test } from "bun:test";
import { slotOf, tagFor } from "./slot.ts";

test("the slot is that of the cluster specification's check value", () => {
  expect(slotOf("123456789")).toBe(0x31c3 % 16_384);
});

test("a slot is that of the key's UTF-8, however long it is", () => {
  // As CLUSTER KEYSLOT answers.
  const known = { "": 0, foo: 12_182, "rendezvous:bus:node:a": 15_713, "ключ 😀": 8_397 };
  for (const [key, slot] of Object.entries(known)) expect(slotOf(key)).toBe(slot);
});

test("only what stands in the first braces counts, if there is anything", () => {
  expect(slotOf("user:{1000}:a")).toBe(slotOf("1000"));
  expect(slotOf("a{x}{y}")).toBe(slotOf("x"));
  expect(slotOf("a{{x}}")).toBe(slotOf("{x"));
  expect(slotOf("a{}{x}")).not.toBe(slotOf("x"));
});

test("a key with the tag lies in the slot of the key it was made for", () => {
  for (const key of ["plain", "a{x}b", "a{}", "a{}{b}", "}", "a}b{", "", "{", "😀{", "ü{}"]) {
    expect(slotOf(`rendezvous:{${tagFor(key)}}`)).toBe(slotOf(key));
  }
});
