import { expect, test } from "bun:test";
import { readTraceParent, writeTraceParent } from "./trace-parent.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";

test("a traceparent is read and written as the standard has it", () => {
  const parent = { traceId: trace, spanId: span, isSampled: true };
  expect(readTraceParent(`00-${trace}-${span}-01`)).toEqual(parent);
  expect(readTraceParent(`00-${trace}-${span}-00`)).toEqual({ ...parent, isSampled: false });
  expect(readTraceParent(`01-${trace}-${span}-09-more`)).toEqual(parent);
  expect(writeTraceParent(parent)).toBe(`00-${trace}-${span}-01`);
});

test("what the standard says to ignore is ignored", () => {
  const none = [
    "",
    "x",
    `ff-${trace}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
  ];
  for (const text of [null, ...none, `00-${trace.toUpperCase()}-${span}-01`, `00-${trace}-${span}-01-more`]) {
    expect(readTraceParent(text)).toBeNull();
  }
});
