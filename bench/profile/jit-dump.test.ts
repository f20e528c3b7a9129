import { expect, test } from "bun:test";
import { readJitDump } from "./jit-dump.ts";

const HEAD_BYTES = 40;

test("an address belongs to the function that was compiled around it", () => {
  const code = readJitDump(dump(loaded("join", 0x1000, 0x20), loaded("find", 0x2000, 0x10)));
  expect(code.nameAt(0x1000)).toBe("join");
  expect(code.nameAt(0x101f)).toBe("join");
  expect(code.nameAt(0x2008)).toBe("find");
});

test("an address where nothing was compiled has no name", () => {
  const code = readJitDump(dump(loaded("join", 0x1000, 0x20)));
  for (const address of [0xfff, 0x1020, 0x9000]) expect(code.nameAt(address)).toBeNull();
});

test("what was compiled to the same address later counts", () => {
  const code = readJitDump(dump(loaded("join", 0x1000, 0x20), loaded("leave", 0x1000, 0x08)));
  expect(code.nameAt(0x1004)).toBe("leave");
  expect(code.nameAt(0x1010)).toBeNull();
});

test("a record of another kind, and one that was not written to its end, are left out", () => {
  const lines = record(2, Buffer.alloc(24));
  const broken = loaded("broken", 0x3000, 0x10).subarray(0, 30);
  const code = readJitDump(dump(lines, loaded("join", 0x1000, 0x20), broken));
  expect(code.nameAt(0x1000)).toBe("join");
  expect(code.nameAt(0x3000)).toBeNull();
});

function dump(...records: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(HEAD_BYTES, 8);
  return Buffer.concat([head, ...records]);
}

function loaded(name: string, address: number, size: number): Buffer {
  const body = Buffer.alloc(40);
  body.writeBigUInt64LE(BigInt(address), 16);
  body.writeBigUInt64LE(BigInt(size), 24);
  return record(0, Buffer.concat([body, Buffer.from(`${name}\0`), Buffer.alloc(size)]));
}

function record(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(kind, 0);
  head.writeUInt32LE(16 + body.length, 4);
  return Buffer.concat([head, body]);
}
