import { isRelatedAddress, structuredCandidate } from "./structured-candidate.ts";

/** A candidate, or what holds one, that must not be passed on. */
export const WITHHELD = Symbol("withheld");

/** What a message is for: to describe a session, or to offer a candidate. */
export type SignalKind = "description" | "candidate";

/** Levels of objects, lists and JSON in strings; whatever is deeper is withheld. */
const MAX_DEPTH = 64;

/**
 * The grammar of a candidate (RFC 8839, 5.1), with its extensions behind: the type has its place, and that some other
 * word says `typ relay` does not count.
 */
const CANDIDATE =
  /^candidate:[\w+/]{1,32} \d{1,5} [\w-]+ \d{1,10} [^\s]+ \d{1,5} typ (?<type>[\w-]+)(?<rest>(?: .*)?)$/i;

/** What stands between words is one blank, and words are of printable characters. */
const NO_WORDS = /[^\x20-\x7e]| {2}| $/;

/** In characters; nobody writes candidates longer than a few hundred. */
const MAX_CANDIDATE = 4_096;

/** Of the address behind a relayed one: it is the peer's own. Two attributes, each a name and a value. */
const RELATED = /^ raddr (?<address>[^ ]+) rport \d{1,5}(?=$| )/i;

/** A word that looks like an attribute of its own: no reader may find another type or address behind the first. */
const AGAIN = / (?:typ|raddr|rport)(?: |$)/i;

/** Whatever some reader takes for the end of a line, not only CRLF. */
// oxlint-disable-next-line no-control-regex -- these are the ends of lines that readers of text know
const LINE = /([^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*)(\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]|$)/gu;

const LOOKS_LIKE_CANDIDATE = /^\s*(?:a\s*=\s*)?candidate\s*:/i;
/** The few lines of a description that may hold an address. */
const LOOKS_LIKE_ADDRESS = /^\s*(?:[cmo]\s*=|a\s*=\s*(?:candidate|rtcp)|candidate)/i;
/** And those that hold nothing else: sources, alternatives (RFC 4570, RFC 6947), candidates in other words. ICE needs none. */
const IS_OF_ADDRESSES = /^\s*a\s*=\s*(?:source-filter|altc|remote-candidates|x-[\w-]*candidates?)\s*(?::|$)/i;
const LOOKS_LIKE_LINE = /^\s*[a-z]\s*=/i;
/** A line of a description, or several lines of whatever it may be. */
// oxlint-disable-next-line no-control-regex -- as above
const LOOKS_LIKE_LINES = /^\s*[a-z]\s*=|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]/i;

/**
 * A candidate as it may be passed on where peers are to meet over TURN alone: a relayed one, without the address behind
 * it. Null for any other, and for what cannot be read. The empty one, which ends the candidates, passes.
 *
 * @param text with or without `a=` in front
 */
export function relayedCandidate(text: string): string | null {
  if (text === "") return text;
  if (text.length > MAX_CANDIDATE) return null;
  const [, prefix = "", line = "", end = ""] = /^(a=)?([^\r\n]*)(\r?\n)?$/.exec(text) ?? [];
  const { type, rest } = CANDIDATE.exec(line)?.groups ?? {};
  if (type?.toLowerCase() !== "relay" || NO_WORDS.test(line)) return null;
  const related = RELATED.exec(rest!);
  const behind = rest!.slice(related?.[0].length ?? 0);
  if (AGAIN.test(behind)) return null;
  // What stands there where nobody is to know the address (RFC 8839, 5.1).
  const hidden = related === null ? "" : ` raddr ${unspecified(related.groups!["address"]!)} rport 9`;
  return `${prefix}${line.slice(0, line.length - rest!.length)}${hidden}${behind}${end}`;
}

/**
 * A session description without candidates but relayed ones, and without the addresses of its default destinations, which
 * ICE does not use (RFC 8829, 5.2.1, has the same in their place). Everything else stays as it is, byte for byte.
 */
export function relayedDescription(sdp: string): string {
  let kept = "";
  for (const [, line = "", end = ""] of sdp.matchAll(LINE)) {
    const passed = passedLine(line);
    if (passed !== null) kept += passed + end;
  }
  return kept;
}

/** Null: the line goes. */
function passedLine(line: string): string | null {
  if (IS_OF_ADDRESSES.test(line)) return null;
  if (!LOOKS_LIKE_ADDRESS.test(line)) return line;
  if (LOOKS_LIKE_CANDIDATE.test(line)) return relayedCandidate(line);
  return line
    .replace(/^(\s*c\s*=\s*IN\s+IP[46]\s+)\S+(.*)$/i, (_, head: string, rest: string) => `${head}${anyOf(head)}${rest}`)
    .replace(/^(\s*m\s*=\s*\S+\s+)(\d+)/i, (_, head: string, port: string) => head + (Number(port) === 0 ? port : "9"))
    .replace(/^(\s*a\s*=\s*rtcp:\s*)\d+(?:(\s+IN\s+IP[46]\s+)\S+)?/i, (_, head: string, net?: string) =>
      net === undefined ? `${head}9` : `${head}9${net}${anyOf(net)}`,
    )
    .replace(/^(\s*o\s*=\s*\S+\s+\S+\s+\S+\s+IN\s+IP[46]\s+)(\S+)/i, (_, head: string, address: string) =>
      isNobodys(address) ? head + address : head + anyOf(head),
    );
}

/**
 * What one peer sends to another, as it may be passed on where peers are to meet over TURN alone; {@link WITHHELD} if
 * nothing of it may. Looks at everything that is, or holds, a candidate or a description, wherever it stands: in objects,
 * in lists, and in JSON within strings. A candidate that is withheld takes the object around it along; of a list, and of
 * a message that is there for something else, only itself. What is encrypted, or encoded in some other way, cannot be seen.
 */
export function relayedSignal(kind: SignalKind, value: unknown): unknown {
  const seen = { candidates: 0 };
  const passed = kind === "description" && isPlain(value) ? filterMembers(value, seen) : filter(value, "", seen, 0);
  // What is said to be a candidate and cannot be read is one that nobody has looked at.
  return kind === "candidate" && seen.candidates === 0 ? WITHHELD : passed;
}

function filter(value: unknown, key: string, seen: { candidates: number }, depth: number): unknown {
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
function filterMembers(message: object, seen: { candidates: number }): Record<string, unknown> {
  const entries = Object.entries(message)
    .filter(([name]) => !isRelatedAddress(name))
    .map(([name, item]) => [name, filter(item, name, seen, 1)] as const);
  return Object.fromEntries(entries.filter(([, left]) => left !== WITHHELD));
}

function filterText(text: string, key: string, seen: { candidates: number }, depth: number): unknown {
  const inner = /^\s*[[{"]/.test(text) ? readJson(text) : undefined;
  if (inner !== undefined) {
    const left = filter(inner, key, seen, depth + 1);
    return left === WITHHELD ? WITHHELD : JSON.stringify(left);
  }
  const isCandidate = key === "candidate" || LOOKS_LIKE_CANDIDATE.test(text);
  const relayed = isCandidate ? relayedCandidate(text) : null;
  const isLines = (isCandidate ? LOOKS_LIKE_LINE : LOOKS_LIKE_LINES).test(text);
  if (!isCandidate && !isLines) return text;
  seen.candidates++;
  if (relayed !== null) return relayed;
  if (!isLines) return WITHHELD;
  const left = relayedDescription(text);
  return left.trim() === "" && text.trim() !== "" ? WITHHELD : left;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isBinary(value);
}

function isBinary(value: object): boolean {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function unspecified(address: string): string {
  return address.includes(":") ? "::" : "0.0.0.0";
}

function anyOf(net: string): string {
  return /IP6/i.test(net) ? "::" : "0.0.0.0";
}

/** Addresses that say nothing of anybody. */
function isNobodys(address: string): boolean {
  return ["0.0.0.0", "127.0.0.1", "::", "::1"].includes(address);
}
