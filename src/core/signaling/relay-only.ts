import { LOOKS_LIKE_CANDIDATE, relayedCandidate } from "./relayed-candidate.ts";
import { MAX_LINES, relayedDescription } from "./relayed-description.ts";
import { isRelatedAddress, structuredCandidate } from "./structured-candidate.ts";

/** A candidate, or what holds one, that must not be passed on. */
export const WITHHELD = Symbol("withheld");

/** What a message is for: to describe a session, or to offer a candidate. */
export type SignalKind = "description" | "candidate";

/** Levels of objects, lists and JSON in strings; whatever is deeper is withheld. */
const MAX_DEPTH = 64;

/** Texts of one message that look like JSON and are not: to find that out is dear. */
const MAX_NO_JSON = 256;

/** What has been found in a message, and what may still be looked at; whatever is beyond is withheld. */
interface Seen {
  candidates: number;
  readonly left: { lines: number; noJson: number };
}

const LOOKS_LIKE_LINE = /^\s*[a-z]\s*=/i;
/** A line of a description, or several lines of whatever it may be. */
// oxlint-disable-next-line no-control-regex -- these are the ends of lines that readers of text know
const LOOKS_LIKE_LINES = /^\s*[a-z]\s*=|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]/i;

/**
 * What one peer sends to another, as it may be passed on where peers are to meet over TURN alone; {@link WITHHELD} if
 * nothing of it may. Looks at everything that is, or holds, a candidate or a description, wherever it stands: in objects,
 * in lists, and in JSON within strings. A candidate that is withheld takes the object around it along; of a list, and of
 * a message that is there for something else, only itself. What is encrypted, or encoded in some other way, cannot be seen.
 */
export function relayedSignal(kind: SignalKind, value: unknown): unknown {
  const seen: Seen = { candidates: 0, left: { lines: MAX_LINES, noJson: MAX_NO_JSON } };
  const passed = kind === "description" && isPlain(value) ? filterMembers(value, seen) : filter(value, "", seen, 0);
  // What is said to be a candidate and cannot be read is one that nobody has looked at.
  return kind === "candidate" && seen.candidates === 0 ? WITHHELD : passed;
}

function filter(value: unknown, key: string, seen: Seen, depth: number): unknown {
  if (depth > MAX_DEPTH) return WITHHELD;
  if (typeof value === "string") return filterText(value, key, seen, depth);
  if (value === null && key === "candidate") seen.candidates++;
  if (typeof value !== "object" || value === null || isBinary(value)) return value;
  if (Array.isArray(value)) {
    return value.map((item) => filter(item, key, seen, depth + 1)).filter((item) => item !== WITHHELD);
  }
  const structured = structuredCandidate(value);
  if (structured === "direct") return WITHHELD;
  if (structured === "relayed") seen.candidates++;
  const passed: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (isRelatedAddress(name)) continue;
    const left = filter(item, name, seen, depth + 1);
    if (left === WITHHELD) return WITHHELD;
    passed[name] = left;
  }
  return passed;
}

/** The members of a message that may pass: one that may not must not silence an offer or a farewell. */
function filterMembers(message: object, seen: Seen): Record<string, unknown> {
  const entries = Object.entries(message)
    .filter(([name]) => !isRelatedAddress(name))
    .map(([name, item]) => [name, filter(item, name, seen, 1)] as const);
  return Object.fromEntries(entries.filter(([, left]) => left !== WITHHELD));
}

function filterText(text: string, key: string, seen: Seen, depth: number): unknown {
  if (looksLikeJson(text)) {
    if (seen.left.noJson === 0) return WITHHELD;
    const inner = readJson(text);
    if (inner !== undefined) {
      const left = filter(inner, key, seen, depth + 1);
      return left === WITHHELD ? WITHHELD : JSON.stringify(left);
    }
    seen.left.noJson--;
  }
  const isCandidate = key === "candidate" || LOOKS_LIKE_CANDIDATE.test(text);
  const relayed = isCandidate ? relayedCandidate(text) : null;
  const isLines = (isCandidate ? LOOKS_LIKE_LINE : LOOKS_LIKE_LINES).test(text);
  if (!isCandidate && !isLines) return text;
  seen.candidates++;
  if (relayed !== null) return relayed;
  if (!isLines) return WITHHELD;
  const left = relayedDescription(text, seen.left);
  if (left === null) return WITHHELD;
  return isBlank(left) && !isBlank(text) ? WITHHELD : left;
}

/** By what JSON of an object, a list or a text begins and ends with. */
function looksLikeJson(text: string): boolean {
  const [, first] = /^\s*([[{"])/.exec(text) ?? [];
  return first !== undefined && text.trimEnd().endsWith(first === "[" ? "]" : first === "{" ? "}" : first);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isBinary(value);
}

function isBinary(value: object): boolean {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}
