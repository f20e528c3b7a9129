import { expect, test } from "bun:test";
import fc from "fast-check";
import { RecurringBodies } from "./recurring-bodies.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("what a body came to is known of the same bytes, and of no others", () => {
  const bodies = new RecurringBodies();
  const body = bodies.keep(bytesOf('{"region":"eu"}'), { region: "eu" });
  expect(bodies.recall(bytesOf('{"region":"eu"}'))).toBe(body);
  for (const other of ['{"region":"us"}', '{"region":"eu" }', '{"region":"e"}', ""]) {
    expect(bodies.recall(bytesOf(other))).toBeUndefined();
  }
});

test("whatever was kept before, nothing is recalled as what it is not", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 4, unit: "grapheme" }), { maxLength: 300 }), (texts) => {
      const bodies = new RecurringBodies();
      for (const text of texts) {
        expect<unknown[]>([undefined, { text }]).toContainEqual(bodies.recall(bytesOf(text)));
        bodies.keep(bytesOf(text), { text });
        expect(bodies.recall(bytesOf(text))).toEqual({ text });
      }
    }),
  );
});

test("a long body is not kept", () => {
  const bodies = new RecurringBodies();
  const long = bytesOf("x".repeat(65));
  bodies.keep(long, {});
  expect(bodies.recall(long)).toBeUndefined();
});

test("nobody changes what others are given", () => {
  const body: { region?: string } = new RecurringBodies().keep(bytesOf("{}"), {});
  expect(() => (body.region = "eu")).toThrow(TypeError);
});
