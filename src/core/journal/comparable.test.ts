import { expect, test } from "bun:test";
import { comparable, ownerAndDevice } from "./comparable.ts";

test("an address in an id is written as addresses are compared, and nothing else is changed", () => {
  expect(comparable("Alice@Example.com/My/Phone")).toBe("alice@example.com/My/Phone");
  expect(comparable("Alice@Example.com")).toBe("alice@example.com");
  for (const id of ["arena:Queue/ID", "Node-1", "", "/", "coordinator:A@B"]) expect(comparable(id)).toBe(id);
});

test("an address may have a slash before its @, and a device one wherever it likes", () => {
  expect(comparable("A/B@Example.com/My/Phone@Home")).toBe("a/b@example.com/My/Phone@Home");
  expect(ownerAndDevice("a/b@example.com/My/Phone@Home")).toEqual(["a/b@example.com", "My/Phone@Home"]);
  expect(ownerAndDevice("a/b@example.com")).toEqual(["a/b@example.com", null]);
  expect(ownerAndDevice("nobody/phone")).toEqual(["nobody", "phone"]);
});
