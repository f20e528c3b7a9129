import { LOOKS_LIKE_CANDIDATE, relayedCandidate } from "./relayed-candidate.ts";

/**
 * Lines of one message that may hold an address or a candidate. A call of hundreds has some two thousand of them; other
 * lines cost next to nothing and may be as many as there is room for.
 */
export const MAX_LINES = 4_096;

/** Attributes that may have an address in them. */
const NAMES_ADDRESS = /^\s*a\s*=\s*(?:candidate\s*:|rtcp:|source-filter|altc|remote-candidates|x-)/i;
const FIRST_OF_NAMES = new Set(Array.from("crsax", (letter) => letter.charCodeAt(0)));
/** And those that hold nothing else: sources, alternatives (RFC 4570, RFC 6947), candidates in other words. ICE needs none. */
const IS_OF_ADDRESSES = /^\s*a\s*=\s*(?:source-filter|altc|remote-candidates|x-[\w-]*candidates?)\s*(?::|$)/i;

const [A, C, M, O, EQUALS] = [0x61, 0x63, 0x6d, 0x6f, 0x3d];

/** What becomes of a line that may hold an address, by what it begins with. Null: the line goes. */
const passed = {
  a(line: string) {
    if (IS_OF_ADDRESSES.test(line)) return null;
    if (LOOKS_LIKE_CANDIDATE.test(line)) return relayedCandidate(line);
    return line.replace(/^(\s*a\s*=\s*rtcp:\s*)\d+(?:(\s+IN\s+IP[46]\s+)\S+)?/i, (_, head: string, net?: string) =>
      net === undefined ? `${head}9` : `${head}9${net}${anyOf(net)}`,
    );
  },
  c: (line: string) =>
    line.replace(
      /^(\s*c\s*=\s*IN\s+IP[46]\s+)\S+(.*)$/i,
      (_, head: string, rest: string) => `${head}${anyOf(head)}${rest}`,
    ),
  m: (line: string) =>
    line.replace(
      /^(\s*m\s*=\s*\S+\s+)(\d+)/i,
      (_, head: string, port: string) => head + (Number(port) === 0 ? port : "9"),
    ),
  o: (line: string) =>
    line.replace(/^(\s*o\s*=\s*\S+\s+\S+\s+\S+\s+IN\s+IP[46]\s+)(\S+)/i, (_, head: string, address: string) =>
      isNobodys(address) ? head + address : head + anyOf(head),
    ),
  candidate: (line: string) => (LOOKS_LIKE_CANDIDATE.test(line) ? relayedCandidate(line) : line),
};

/**
 * A session description without candidates but relayed ones, and without the addresses of its default destinations, which
 * ICE does not use (RFC 8829, 5.2.1, has the same in their place). Everything else stays as it is, byte for byte. Null if
 * more lines would have to be looked at closely than are left.
 *
 * Whoever is connected may send anything here: hence one pass over the letters, and patterns for few of the lines.
 *
 * @param left what is left of {@link MAX_LINES}; is counted down
 */
export function relayedDescription(sdp: string, left: { lines: number } = { lines: MAX_LINES }): string | null {
  let kept = "";
  // Whatever stands in front of it is in `kept`, or gone.
  let from = 0;
  for (let start = 0; start < sdp.length;) {
    const end = endOfLine(sdp, start);
    const next = startOfNext(sdp, end);
    const kind = end === start ? null : kindOf(sdp, start, end);
    if (kind !== null) {
      if (--left.lines < 0) return null;
      const line = sdp.slice(start, end);
      const rewritten = passed[kind](line);
      if (rewritten !== line) {
        kept += sdp.slice(from, start) + (rewritten ?? "");
        from = rewritten === null ? next : end;
      }
    }
    start = next;
  }
  return from === 0 ? sdp : kept + sdp.slice(from);
}

/** Null for a line that holds no address. */
function kindOf(sdp: string, start: number, end: number): keyof typeof passed | null {
  const first = pastBlanks(sdp, start);
  const letter = smallLetter(sdp, first);
  if (letter !== A && letter !== C && letter !== M && letter !== O) return null;
  const equals = pastBlanks(sdp, first + 1);
  if (sdp.charCodeAt(equals) !== EQUALS) {
    return letter === C && sdp.slice(first, first + 9).toLowerCase() === "candidate" ? "candidate" : null;
  }
  if (letter !== A) return letter === C ? "c" : letter === M ? "m" : "o";
  const name = smallLetter(sdp, pastBlanks(sdp, equals + 1));
  return FIRST_OF_NAMES.has(name) && NAMES_ADDRESS.test(sdp.slice(start, end)) ? "a" : null;
}

/** The code of a letter of ASCII, be it small or not; of anything else, none of them. */
function smallLetter(text: string, at: number): number {
  return text.charCodeAt(at) | 0x20;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

/** @param end where a line ends; of CRLF, both go together */
function startOfNext(text: string, end: number): number {
  return text.charCodeAt(end) === 0x0d && text.charCodeAt(end + 1) === 0x0a ? end + 2 : end + 1;
}

/** Whatever some reader takes for the end of a line, not only CRLF. */
function isLineEnd(code: number): boolean {
  if (code > 0x1e && code < 0x85) return false;
  return (
    (code >= 0x0a && code <= 0x0d) ||
    (code >= 0x1c && code <= 0x1e) ||
    code === 0x85 ||
    code === 0x2028 ||
    code === 0x2029
  );
}

function pastBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The blanks of `\s` that end no line. */
function isBlank(code: number): boolean {
  if (code < 0xa0) return code === 0x20 || code === 0x09;
  if (code > 0x200a) return code === 0x202f || code === 0x205f || code === 0x3000 || code === 0xfeff;
  return code === 0xa0 || code === 0x1680 || code >= 0x2000;
}

function anyOf(net: string): string {
  return /IP6/i.test(net) ? "::" : "0.0.0.0";
}

/** Addresses that say nothing of anybody. */
function isNobodys(address: string): boolean {
  return ["0.0.0.0", "127.0.0.1", "::", "::1"].includes(address);
}
