import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashOf, RecurringBodies } from "./recurring-bodies.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const some = (): RecurringBodies => new RecurringBodies({ places: 8 });

/** Asks for it and keeps it, as a route does. */
function come<Body>(bodies: RecurringBodies<Body>, text: string, body: Body): Body {
  const bytes = bytesOf(text);
  return bodies.recall(bytes) ?? bodies.keep(bytes, body);
}

test("what a body came to is known of the same bytes, and of no others", () => {
  const bodies = some();
  const body = come(bodies, '{"region":"eu"}', { region: "eu" });
  expect(bodies.recall(bytesOf('{"region":"eu"}'))).toBe(body);
  for (const other of ['{"region":"us"}', '{"region":"eu" }', '{"region":"e"}', ""]) {
    expect(bodies.recall(bytesOf(other))).toBeUndefined();
  }
});

test("whatever was kept before, nothing is recalled as what it is not", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 9, unit: "grapheme" }), { maxLength: 300 }), (texts) => {
      const bodies = some();
      for (const text of texts) {
        expect<unknown[]>([undefined, { text }]).toContainEqual(bodies.recall(bytesOf(text)));
        expect(come(bodies, text, { text })).toEqual({ text });
      }
    }),
  );
});

test("two that look alike are told apart", () => {
  const [one, other] = ["fvMdnDaR", "tQDAN&(j"] as const;
  expect(hashOf(bytesOf(one))).toBe(hashOf(bytesOf(other)));
  const bodies = some();
  come(bodies, one, { one });
  expect(bodies.recall(bytesOf(other))).toBeUndefined();
  come(bodies, other, { other });
  expect([one, other].map((text) => bodies.recall(bytesOf(text)))).toEqual([{ one }, { other }]);
});

test("an empty body is known as well", () => {
  const bodies = some();
  expect(bodies.recall(bytesOf(""))).toBeUndefined();
  const body = come(bodies, "", {});
  expect(bodies.recall(bytesOf(""))).toBe(body);
});

test("what nobody asks for any more is forgotten", () => {
  const bodies = some();
  for (const text of ["stays", "goes"]) come(bodies, text, { text });
  bodies.sweep();
  expect(bodies.recall(bytesOf("stays"))).toEqual({ text: "stays" });
  bodies.sweep();
  expect(bodies.recall(bytesOf("goes"))).toBeUndefined();
  expect(bodies.recall(bytesOf("stays"))).toEqual({ text: "stays" });
});

test("a thousand that recur are all known, where there is room for eight times as many", () => {
  const bodies = new RecurringBodies({ places: 8_192 });
  const texts = Array.from({ length: 1_000 }, (_, n) => `{"hostId":"host-${n}","roomId":"room-${n}"}`);
  for (const text of texts) come(bodies, text, { text });
  const known = texts.filter((text) => bodies.recall(bytesOf(text)) !== undefined);
  expect(known.length).toBeGreaterThan(990);
});

test("where more recur than there is room for, those that are known mostly stay, and others get their turn", () => {
  const bodies = new RecurringBodies<{ text: string }>({ places: 64 });
  const texts = Array.from({ length: 512 }, (_, n) => `host-${n}`);
  const round = (): Set<string> =>
    new Set(
      texts.filter((text) => bodies.recall(bytesOf(text)) !== undefined || come(bodies, text, { text }) === null),
    );
  round();
  const [first, second] = [round(), round()];
  expect(first.size).toBeGreaterThan(16);
  const stayed = [...first].filter((text) => second.has(text)).length;
  expect(stayed).toBeGreaterThan(0);
  expect(stayed).toBeLessThan(first.size);
});

test("neither a long body is kept nor one that takes more memory than it looks", () => {
  const bodies = new RecurringBodies<{ list: number[] }>({ places: 8, isModest: ({ list }) => list.length < 3 });
  const long = "x".repeat(513);
  come(bodies, long, { list: [] });
  come(bodies, "greedy", { list: [1, 2, 3] });
  come(bodies, "modest", { list: [1] });
  expect([long, "greedy", "modest"].map((text) => bodies.recall(bytesOf(text)))).toEqual([
    undefined,
    undefined,
    { list: [1] },
  ]);
});

test("nobody changes what others are given", () => {
  const none: { region?: string; info: { game?: string } } = { info: {} };
  const body = come(new RecurringBodies<typeof none>({ places: 8 }), "{}", none);
  expect(() => (body.region = "eu")).toThrow(TypeError);
  expect(() => (body.info.game = "quake")).toThrow(TypeError);
});
