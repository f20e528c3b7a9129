import { describe, expect, test } from "bun:test";
import type { DomainError } from "../../core/errors/errors.ts";
import { MAX_ROOM_ID, readFrame, readHandshake } from "./schema.ts";

function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as DomainError).code}: ${(error as DomainError).message}`;
  }
  return "none";
}

describe("the handshake", () => {
  const read = (query: string) => readHandshake(new URLSearchParams(query));

  test("needs a room, and takes a token and a count", () => {
    expect(read("roomId=a%20b&resume=t&received=12")).toEqual({ roomId: "a b", resume: "t", received: 12 });
    expect(read("roomId=a&other=x")).toEqual({ roomId: "a" });
  });

  test("takes an empty parameter for none and the first of several", () => {
    expect(read("roomId=a&roomId=b&resume=&received=")).toEqual({ roomId: "a" });
  });

  test("says what is wrong", () => {
    expect(complaint(() => read(""))).toBe("bad_message: roomId is required");
    const tooLong = "x".repeat(MAX_ROOM_ID + 1);
    expect(complaint(() => read(`roomId=${tooLong}`))).toBe("bad_message: roomId: at most 256 characters");
    for (const count of ["-1", "1.5", "x", "1e3", "9999999999999999"]) {
      expect(complaint(() => read(`roomId=a&received=${count}`))).toBe("bad_message: received: must be a whole number");
    }
  });
});

describe("a frame", () => {
  test("is an object with a known type and perhaps an address", () => {
    expect(readFrame(`{"type":"answer","to":"p","sdp":"s"}`)).toEqual({
      type: "answer",
      to: "p",
      fields: { type: "answer", to: "p", sdp: "s" },
    });
  });

  test("is refused with the field's name", () => {
    const types = "bad_message: type: must be offer, answer, ice-candidate or bye";
    expect(complaint(() => readFrame("{}"))).toBe(types);
    expect(complaint(() => readFrame(`{"type":"welcome"}`))).toBe(types);
    expect(complaint(() => readFrame(`{"type":"bye","to":1}`))).toBe("bad_message: to must be a string");
  });

  test.each(["", "[]", "null", "1", `"offer"`, "{", `{"type":"offer","__proto__":1}`, `\uFEFF{"type":"offer"}`])(
    "is no %p",
    (text) => {
      expect(complaint(() => readFrame(text))).toStartWith("bad_message: A frame is one JSON object");
    },
  );
});
