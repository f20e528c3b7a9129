import { expect, test } from "bun:test";
import { hasColours, painter } from "./terminal.ts";

const terminal = { isTTY: true };
const pipe = {};

test("there are colours on a terminal alone", () => {
  expect(hasColours(terminal, { TERM: "xterm" })).toBe(true);
  expect(hasColours(terminal, { TERM: "dumb" })).toBe(false);
  expect(hasColours(pipe, {})).toBe(false);
});

test("NO_COLOR takes them away, FORCE_COLOR brings them, and empty they say nothing", () => {
  expect(hasColours(terminal, { NO_COLOR: "1" })).toBe(false);
  expect(hasColours(terminal, { NO_COLOR: "" })).toBe(true);
  expect(hasColours(pipe, { FORCE_COLOR: "1" })).toBe(true);
  expect(hasColours(pipe, { FORCE_COLOR: "" })).toBe(false);
  expect(hasColours(terminal, { FORCE_COLOR: "0" })).toBe(false);
  expect(hasColours(terminal, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
});

test("a text is painted, or left as it is", () => {
  expect(painter(terminal, {})("red", "x")).toBe("\u001B[31mx\u001B[39m");
  expect(painter(pipe, {})("red", "x")).toBe("x");
});
