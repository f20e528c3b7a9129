import fc from "fast-check";

/** A change to bytes that were good, made before they are known: places are parts of the whole. */
export interface Damage {
  readonly kind: "flip" | "cut" | "drop" | "double" | "insert" | "splice";
  /** 0 to 1: where. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

const place = fc.integer({ min: 0, max: 9_999 }).map((at) => at / 10_000);

const TELLING = [
  "\r\n",
  "\n",
  "\0",
  "\r\n\r\n",
  " ",
  ":",
  "0\r\n\r\n",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
];

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("flip", "cut", "drop", "double", "insert", "splice"),
    from: place,
    to: place,
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(...TELLING).map((text) => new Uint8Array(Buffer.from(text))),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

/** `other`: a good one too, of which `splice` takes the rest. */
export function damaged(good: Uint8Array, other: Uint8Array, list: readonly Damage[]): Buffer {
  let bytes = Buffer.from(good);
  for (const { kind, from, to, bytes: more } of list) {
    const [first, last] = [from, to].map((part) => Math.floor(part * bytes.length)).sort((a, b) => a - b) as [
      number,
      number,
    ];
    switch (kind) {
      case "flip":
        for (const [at, mask] of more.entries()) if (first + at < bytes.length) bytes[first + at]! ^= mask;
        break;
      case "cut":
        bytes = bytes.subarray(0, first);
        break;
      case "drop":
        bytes = Buffer.concat([bytes.subarray(0, first), bytes.subarray(last)]);
        break;
      case "double":
        bytes = Buffer.concat([bytes.subarray(0, last), bytes.subarray(first)]);
        break;
      case "insert":
        bytes = Buffer.concat([bytes.subarray(0, first), more, bytes.subarray(first)]);
        break;
      case "splice":
        bytes = Buffer.concat([bytes.subarray(0, first), other.subarray(Math.floor(to * other.length))]);
        break;
    }
  }
  return bytes;
}
