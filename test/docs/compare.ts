/** What differs from one run to the next, and says nothing to the reader. */
const CHANCE: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi, "<id>"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g, "<time>"],
  [/\b(session-|0x)[\da-f]{8,}/gi, "$1<id>"],
  [/\d{6,}/g, "<number>"],
  [/\s+/g, " "],
];

function blanked(line: string): string {
  return CHANCE.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), Bun.stripANSI(line)).trim();
}

/**
 * The first line of `shown` that the output does not have behind those before it; null if it has all of them. `…` stands
 * for anything, ids and times for any other. What the output says in between is left out.
 */
export function missingLine(shown: string, output: string): string | null {
  const said = output.split("\n").map(blanked);
  let at = 0;
  for (const line of shown.split("\n")) {
    const pattern = patternOf(blanked(line));
    if (pattern === null) continue;
    const found = said.findIndex((one, index) => index >= at && pattern.test(one));
    if (found < 0) return line;
    at = found + 1;
  }
  return null;
}

/** Null: the line says nothing. */
function patternOf(line: string): RegExp | null {
  if (line.replaceAll("…", "").trim() === "") return null;
  const parts = line.split("…").map((part) => RegExp.escape(part.trim()));
  return new RegExp(`^${parts.join("\\s*.*?\\s*")}$`);
}
