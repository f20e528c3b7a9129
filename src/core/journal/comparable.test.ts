import { expect, test } from "bun:test";
import { comparable } from "./comparable.ts";

test("an address in an id is written as addresses are compared, and nothing else is changed", () => {
  expect(comparable("Alice@Example.com/My/Phone")).toBe("alice@example.com/My/Phone");
  expect(comparable("Alice@Example.com")).toBe("alice@example.com");
  for (const id of ["arena:Queue/ID", "Node-1", "", "/", "coordinator:A@B"]) expect(comparable(id)).toBe(id);
});
