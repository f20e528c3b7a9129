import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { pack, unpack } from "./packing.ts";

describe("a packed message", () => {
  test("is JSON as it was", () => {
    const message = {
      event: "offer",
      message: { offer: { sdp: "v=0\r\n\u00e9\ud83d\ude00", list: [1, null, { a: "" }] } },
    };
    expect(unpack(pack(message))).toEqual(message);
    for (const one of [null, "", 0, false, [], {}]) expect(unpack(pack(one))).toEqual(one);
  });

  test("keeps its binary parts, wherever they are", () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    const view = new DataView(new Uint8Array([9, 1, 2, 9]).buffer, 1, 2);
    const message = { a: bytes, list: [1, [new Uint8Array([7]).buffer], view], none: Buffer.alloc(0) };
    expect(unpack(pack(message))).toEqual({
      a: bytes,
      list: [1, [Buffer.from([7])], Buffer.from([1, 2])],
      none: Buffer.alloc(0),
    });
    expect(unpack(pack(bytes))).toEqual(bytes);
  });

  test("takes nothing its sender wrote for a binary part", () => {
    const message = { _placeholder: true, num: 0, data: Buffer.from("x"), fake: [["data"], "eA=="] };
    expect(unpack(pack(message))).toEqual(message);
  });

  test("is any decoded JSON as JSON itself would have it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(unpack(pack(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
