import { parse } from "secure-json-parse";
import { exactNumber, mayRound, RoundedNumber } from "./exact-json.ts";
import { findFault } from "./json-fault.ts";
import { shapeOf, type JsonShape } from "./json-shape.ts";
import { Refusal } from "./refusal.ts";

/** Deeper bodies than this are refused: no document nests further, and recursion must not be the caller's to choose. */
export const MAX_DEPTH = 32;

/** How a document reads JSON. */
export interface JsonRules {
  /**
   * True: whole numbers beyond 2^53 come as bigint, and what would be rounded to one as {@link RoundedNumber}; left out,
   * they are rounded.
   */
  readonly exactNumbers?: boolean;
  /**
   * What becomes of `__proto__` and `constructor.prototype` keys. They are refused unless a document ignores all that it
   * does not know: a caller who sends them either attacks or has a bug.
   */
  readonly unsafeKeys?: "refuse" | "drop";
}

/** What a text holds, and what could be told before it was parsed. */
export interface ReadJson {
  readonly value: unknown;
  readonly shape: JsonShape;
}

/**
 * Parses JSON from outside.
 *
 * @throws {Refusal} bad_json, with one issue: where and why it breaks, or `too_deep`
 */
export function parseJson(text: string, rules?: JsonRules): unknown {
  return valueOf(text, shapeOf(text), rules);
}

/** The same for whoever asks for its shape, too. @throws {Refusal} as {@link parseJson} */
export function readJson(text: string, rules?: JsonRules): ReadJson {
  const shape = shapeOf(text);
  return { value: valueOf(text, shape, rules), shape };
}

const USUAL_RULES: JsonRules = {};

function valueOf(text: string, shape: JsonShape, rules: JsonRules = USUAL_RULES): unknown {
  const { exactNumbers = false, unsafeKeys = "refuse" } = rules;
  if (shape.depth > MAX_DEPTH) {
    const message = `The body nests deeper than ${MAX_DEPTH} levels.`;
    throw new Refusal("bad_json", message, [{ path: ["body"], kind: "too_deep", message }]);
  }
  const action = unsafeKeys === "drop" ? "remove" : "error";
  try {
    const revive = exactNumbers && mayRound(text) ? exactNumber : undefined;
    if (revive === undefined && !shape.mayReachForPrototypes) return JSON.parse(text);
    const value: unknown = parse(text, revive, { protoAction: action, constructorAction: action });
    // Where an object is wanted it must not pass for one.
    return value instanceof RoundedNumber ? value.nearest : value;
  } catch (error) {
    const why = noNumber(text) ?? (error as Error).message;
    const { at, reason } = findFault(text) ?? { at: 0, reason: why };
    const issue = { path: ["body", at], kind: "bad_json", message: reason };
    throw new Refusal("bad_json", `The body is not valid JSON: ${why}`, [issue]);
  }
}

/** Some languages write these words for numbers that JSON does not have; the caller hears which field it was. */
function noNumber(text: string): string | null {
  const found = /"([^"\\]{1,64})"\s*:\s*(-?(?:NaN|Infinity))\b/.exec(text);
  return found && `${found[1]} is ${found[2]}, which is no number in JSON`;
}
