import { describe, expect, test } from "bun:test";
import { Outbox } from "./outbox.ts";

const BOUNDS = { frames: 4, bytes: 100 };

/** An outbox with frames a, b, c … of which the first `written` were handed to a connection. */
function outboxOf(items: string, written = 0): Outbox<string> {
  const outbox = new Outbox<string>(BOUNDS);
  for (const item of items) outbox.add(item, 1);
  for (let number = 1; number <= written; number++) outbox.wrote(number);
  return outbox;
}

const waiting = (outbox: Outbox<string>): string =>
  outbox
    .waiting()
    .map(({ item }) => item)
    .join("");

describe("an outbox", () => {
  test("numbers frames from one, without end", () => {
    const outbox = outboxOf("ab", 2);
    outbox.confirm(2);
    outbox.add("c", 1);
    expect(outbox.waiting()).toMatchObject([{ number: 3, item: "c" }]);
  });

  test("goes on with what was never written when all that was written is confirmed", () => {
    const outbox = outboxOf("abc", 1);
    outbox.confirm(1);
    expect(outbox.rewind()).toBe(true);
    expect(waiting(outbox)).toBe("bc");
  });

  test("does not go on by itself while a written frame is in doubt", () => {
    const outbox = outboxOf("abc", 2);
    outbox.confirm(1);
    expect(outbox.rewind()).toBe(false);
  });

  test("goes on exactly behind what the peer says it has", () => {
    for (const [received, rest] of [
      [0, "abc"],
      [1, "bc"],
      [2, "c"],
    ] as const) {
      const outbox = outboxOf("abc", 2);
      expect(outbox.rewind(received)).toBe(true);
      expect(waiting(outbox)).toBe(rest);
    }
  });

  test("believes no count beyond what was written, nor one below what was confirmed", () => {
    expect(outboxOf("abc", 2).rewind(3)).toBe(false);
    const outbox = outboxOf("abc", 2);
    outbox.confirm(2);
    expect(outbox.rewind(1)).toBe(false);
    expect(outbox.rewind(2)).toBe(true);
  });

  test("ignores a confirmation of what was never written, of nothing, and of old news", () => {
    const outbox = outboxOf("abc", 2);
    for (const nonsense of [3, 0, -1, 1.5, Number.NaN, Infinity]) outbox.confirm(nonsense);
    expect(outbox.rewind(0)).toBe(true);
    for (const number of [1, 2, 3]) outbox.wrote(number);
    outbox.confirm(3);
    outbox.confirm(1);
    expect(outbox.rewind(3)).toBe(true);
  });

  test("has no room for more waiting frames than its bound", () => {
    const outbox = outboxOf("abcd");
    expect(outbox.fit()).toBe(true);
    outbox.add("e", 1);
    expect(outbox.fit()).toBe(false);
    expect(waiting(outbox)).toBe("abcde");
  });

  test("has no room for more waiting bytes than its bound, and has it again once they are confirmed", () => {
    const outbox = new Outbox<string>(BOUNDS);
    outbox.add("a", 60);
    outbox.add("b", 60);
    expect(outbox.fit()).toBe(false);
    outbox.wrote(1);
    outbox.confirm(1);
    expect(outbox.fit()).toBe(true);
  });

  test("forgets the oldest written frames to make room, and then admits that it cannot go back so far", () => {
    const outbox = outboxOf("abcdef", 6);
    expect(outbox.fit()).toBe(true);
    expect(outbox.rewind(1)).toBe(false);
    expect(outbox.rewind(2)).toBe(true);
    expect(waiting(outbox)).toBe("cdef");
  });

  test("forgets a written frame that alone is over the bound", () => {
    const outbox = new Outbox<string>(BOUNDS);
    outbox.add("a", 1000);
    outbox.wrote(1);
    expect(outbox.fit()).toBe(true);
    expect(outbox.rewind(0)).toBe(false);
    expect(outbox.rewind(1)).toBe(true);
  });
});
