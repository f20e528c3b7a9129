import { expect, test } from "bun:test";
import { head, readParcel, write } from "./parcel.ts";

test("an ask says what it belongs to where that is followed, and has not a byte more where it is not", () => {
  const plain = write.ask(7, 4_000, "topic", "body 1 2\nA");
  expect(plain).toBe("A 7 4000 5 10\ntopicbody 1 2\nA");
  const followed = write.ask(8, 4_000, "topic", "body", "00-0af7-b7ad-01");
  const { from, items } = readParcel(`${head("n")}${plain}${followed}${write.void(9)}`);
  expect(from).toBe("n");
  const ask = { type: "ask", withinMs: 4_000, topic: "topic" } as const;
  expect(items).toEqual([
    { ...ask, number: 7, body: "body 1 2\nA" },
    { ...ask, number: 8, body: "body", parent: "00-0af7-b7ad-01" },
    { type: "void", number: 9 },
  ]);
});
