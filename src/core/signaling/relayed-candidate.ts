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

/** A text that means to be a candidate, whether it can be read or not. */
export const LOOKS_LIKE_CANDIDATE = /^\s*(?:a\s*=\s*)?candidate\s*:/i;

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

function unspecified(address: string): string {
  return address.includes(":") ? "::" : "0.0.0.0";
}
