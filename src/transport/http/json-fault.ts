/** Where a text stops being JSON (RFC 8259), counted in characters, and what should have stood there. */
export interface Fault {
  readonly at: number;
  readonly reason: string;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// oxlint-disable-next-line no-control-regex -- these are what a text must not have
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}(?=[^]))/y;

/**
 * The first fault of a text that failed to parse, for documents that name its place as Python's parser does; null if
 * there is none. Reads by recursion: the caller has bounded how deep the text nests.
 */
export function findFault(text: string): Fault | null {
  let at = 0;
  const fail = (reason: string, where = at): never => {
    throw new Broken(where, reason);
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const next = (): string => (take(SPACE), text[at] ?? "");

  const string = (): void => {
    const begin = at++;
    for (;;) {
      take(PLAIN);
      const char = text[at];
      if (char === '"') return void at++;
      if (char === undefined) fail("Unterminated string starting at", begin);
      if (char !== "\\") fail("Invalid control character at");
      if (take(ESCAPE) !== "") continue;
      const escaped = text[at + 1];
      if (escaped === undefined) fail("Unterminated string starting at", begin);
      if (escaped === "u") fail("Invalid \\uXXXX escape", at + 1);
      fail("Invalid \\escape");
    }
  };
  const entries = (end: string, entry: () => void): void => {
    at++;
    if (next() === end) return void at++;
    for (;;) {
      entry();
      const char = next();
      if (char === end) return void at++;
      if (char !== ",") fail("Expecting ',' delimiter");
      at++;
      next();
    }
  };
  const member = (): void => {
    if (next() !== '"') fail("Expecting property name enclosed in double quotes");
    string();
    if (next() !== ":") fail("Expecting ':' delimiter");
    at++;
    value();
  };
  const value = (): void => {
    const char = next();
    if (char === "{") entries("}", member);
    else if (char === "[") entries("]", value);
    else if (char === '"') string();
    else if (take(SCALAR) === "") fail("Expecting value");
  };

  try {
    value();
    if (next() !== "") fail("Extra data");
    return null;
  } catch (error) {
    if (error instanceof Broken) return { at: Array.from(text.slice(0, error.at)).length, reason: error.reason };
    throw error;
  }
}

class Broken extends Error {
  readonly at: number;
  readonly reason: string;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
    this.reason = reason;
  }
}
