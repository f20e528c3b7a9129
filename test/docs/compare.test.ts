import { expect, test } from "bun:test";
import { missingLine } from "./compare.ts";

test("every line shown must come, in order; what comes in between does not count", () => {
  expect(missingLine("one\nthree", "one\ntwo\nthree")).toBeNull();
  expect(missingLine("three\none", "one\ntwo\nthree")).toBe("one");
  expect(missingLine("four", "one")).toBe("four");
});

test("… stands for anything, also for whole lines", () => {
  expect(missingLine('{"a":…,"b":2}\n…\nend', '{"a":{"c":1},"b":2}\nmore\nend')).toBeNull();
  expect(missingLine('{"a":…,"b":2}', '{"a":1,"b":3}')).toBe('{"a":…,"b":2}');
});

test("ids, times and long numbers are those of another run", () => {
  const shown = '{"id":"7b0b5e3f-0000-4000-8000-000000000000","at":"2026-01-15T10:00:00Z","ms":1762509600000}';
  const said = '{"id":"00000000-0000-4000-8000-7b0b5e3f1111","at":"2027-02-16T11:11:11.5Z","ms":1800000000000}';
  expect(missingLine(shown, said)).toBeNull();
});
