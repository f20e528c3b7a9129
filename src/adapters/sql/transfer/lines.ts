import { CannotMove } from "./format.ts";

/** A line, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** The longest line: a piece of a replay has a small part of it. What is longer is no file of ours. */
const LONGEST = 64 * 1024 * 1024;

const END = 0x0a;

/** Splits bytes into lines. @throws {CannotMove} for a line that is too long, or has no end */
export async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  let rest: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(END); end !== -1; end = bytes.indexOf(END, start)) {
      const last = bytes.subarray(start, end);
      yield { number: ++number, bytes: rest.length === 0 ? last : Buffer.concat([...rest, last]) };
      [rest, size, start] = [[], 0, end + 1];
    }
    if (start === bytes.length) continue;
    // A copy, because the source may use its memory again.
    rest.push(Buffer.from(bytes.subarray(start)));
    size += bytes.length - start;
    if (size > LONGEST) throw new CannotMove(`Line ${number + 1} does not end: this is no export of records.`);
  }
  if (size > 0) throw new CannotMove(`Line ${number + 1} is cut off: the file is not complete.`);
}
