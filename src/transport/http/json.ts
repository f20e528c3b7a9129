import { parse } from "secure-json-parse";
import { exactNumber, mayRound } from "./exact-json.ts";
import { findFault } from "./json-fault.ts";
import { Refusal } from "./refusal.ts";

/** Deeper bodies than this are refused: no document nests further, and recursion must not be the caller's to choose. */
export const MAX_DEPTH = 32;

/** How a document reads JSON. */
export interface JsonRules {
  /** True: whole numbers beyond 2^53 come as bigint; left out, they are rounded. */
  readonly exactNumbers?: boolean;
  /**
   * What becomes of `__proto__` and `constructor.prototype` keys. They are refused unless a document ignores all that it
   * does not know: a caller who sends them either attacks or has a bug.
   */
  readonly unsafeKeys?: "refuse" | "drop";
}

/**
 * Parses JSON from outside.
 *
 * @throws {Refusal} bad_json, with one issue: where and why it breaks, or `too_deep`
 */
export function parseJson(text: string, { exactNumbers = false, unsafeKeys = "refuse" }: JsonRules = {}): unknown {
  if (nestsDeeperThan(MAX_DEPTH, text)) {
    const message = `The body nests deeper than ${MAX_DEPTH} levels.`;
    throw new Refusal("bad_json", message, [{ path: ["body"], kind: "too_deep", message }]);
  }
  const action = unsafeKeys === "drop" ? "remove" : "error";
  try {
    const revive = exactNumbers && mayRound(text) ? exactNumber : undefined;
    if (revive === undefined && !mayHoldForbiddenKey(text)) return JSON.parse(text);
    return parse(text, revive, { protoAction: action, constructorAction: action });
  } catch (error) {
    const why = noNumber(text) ?? (error as Error).message;
    const { at, reason } = findFault(text) ?? { at: 0, reason: why };
    const issue = { path: ["body", at], kind: "bad_json", message: reason };
    throw new Refusal("bad_json", `The body is not valid JSON: ${why}`, [issue]);
  }
}

/**
 * False for nearly every text, which then needs no closer look: a forbidden key stands there as it is, or has an escaped
 * character. A byte order mark, which only the closer look forgives, counts as well.
 */
function mayHoldForbiddenKey(text: string): boolean {
  return (
    text.includes("__proto__") ||
    text.includes("constructor") ||
    text.includes("\\u") ||
    text.charCodeAt(0) === BYTE_ORDER_MARK
  );
}

const BYTE_ORDER_MARK = 0xfeff;

/** Some languages write these words for numbers that JSON does not have; the caller hears which field it was. */
function noNumber(text: string): string | null {
  const found = /"([^"\\]{1,64})"\s*:\s*(-?(?:NaN|Infinity))\b/.exec(text);
  return found && `${found[1]} is ${found[2]}, which is no number in JSON`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * True if brackets outside strings nest deeper than `limit`. Reads the text once, leaps over strings, which are most of
 * a long text, and allocates nothing.
 */
export function nestsDeeperThan(limit: number, text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      at = closingQuote(text, at);
      // A string without an end is no JSON; whoever parses it says so.
      if (at < 0) return false;
    } else if (char === 0x7b || char === 0x5b) {
      if (++depth > limit) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return false;
}

/** Where the string that opens at `opening` ends; -1 if it does not. Quotes behind an odd number of backslashes are its own. */
function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (before > opening && text.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return -1;
}
