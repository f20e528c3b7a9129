import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const src = resolve(import.meta.dir, "../../src");

/** A regular expression takes time in proportion to the text, or a caller could stop the server with a line of it. */
const LENGTH = 16_384;
const PATIENCE_MS = 40;

/** What stands between two slashes, outside comments. Now and then it is no pattern at all, which does no harm. */
const LITERAL =
  /\/((?:\\.|\[(?:\\.|[^\]\\\n])+\]|[^/\\\n[*])(?:\\.|\[(?:\\.|[^\]\\\n])+\]|[^/\\\n[])*)\/([dgimsuvy]*)/g;

function literalsOf(text: string): readonly RegExp[] {
  const code = text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
  return [...code.matchAll(LITERAL)].flatMap(([, pattern, flags]) => {
    try {
      return [new RegExp(pattern!, flags!.replace("y", ""))];
    } catch {
      return [];
    }
  });
}

/** Short texts that a pattern may be about: its own letters, what its classes hold, and all pairs of these. */
function pumps({ source }: RegExp): readonly string[] {
  const own = source.replace(/\\[dDwWsSbB]/g, "").replace(/[^\w \t:;,.@"'/\\=<>+*#%&-]/g, "");
  const letters = [...new Set([...own.split(""), "a", "0", " ", "\n", '"', "/", "-", "."])].slice(0, 24);
  const words = source.match(/[a-zA-Z]{2,}/g) ?? [];
  const pairs = letters.slice(0, 8).flatMap((one) => letters.slice(0, 8).map((other) => one + other));
  return [...new Set([...letters, ...words, ...pairs])];
}

/** The text that holds a pattern up, as far as one is found; null if none. */
function stall(pattern: RegExp): string | null {
  for (const pump of pumps(pattern)) {
    // First short ones: of a pattern that doubles its work with every letter the long ones would never end.
    for (const length of [24, 1_024, LENGTH]) {
      for (const [head, tail] of [
        ["", "\u0000"],
        ["a", "!"],
      ] as const) {
        const text = head + pump.repeat(Math.ceil(length / pump.length)) + tail;
        if (takesLong(pattern, text)) return JSON.stringify(pump);
      }
    }
  }
  return null;
}

/** More than once: on a busy machine anything takes long now and then. */
function takesLong(pattern: RegExp, text: string): boolean {
  for (let attempt = 0; attempt < 3; attempt++) {
    const began = performance.now();
    pattern.lastIndex = 0;
    pattern.test(text);
    if (performance.now() - began < PATIENCE_MS) return false;
  }
  return true;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".ts") && !path.endsWith(".test.ts"),
);

describe("the regular expressions of the server", () => {
  test("are linear: no text that callers may send holds one up", () => {
    const slow: string[] = [];
    let count = 0;
    for (const path of files) {
      for (const pattern of literalsOf(readFileSync(resolve(src, path), "utf8"))) {
        count++;
        const found = stall(pattern);
        if (found !== null) slow.push(`${path}: ${pattern} on many ${found}`);
      }
    }
    expect(slow).toEqual([]);
    expect(count).toBeGreaterThan(80);
  }, 240_000);

  test("stand in the code as they are", () => {
    const made = files.filter((path) => /\bRegExp\(/.test(readFileSync(resolve(src, path), "utf8")));
    expect(made).toEqual([]);
  });

  test("would be found out if they were not", () => {
    const [exponential, quadratic, fine] = literalsOf(
      'const x = /^(a+)+$/; y.replace(/\\s+$/, ""); /^\\d{1,9}$/.test(z)',
    );
    expect(stall(exponential!)).not.toBeNull();
    expect(stall(quadratic!)).not.toBeNull();
    expect(stall(fine!)).toBeNull();
  }, 30_000);
});
