/** What can be told of a JSON text without parsing it. Of what is no JSON it says nothing that could be relied on. */
export interface JsonShape {
  /** How many brackets stand within each other at most. */
  readonly depth: number;
  /** How many members the outermost object has, a key as often as it stands there. */
  readonly members: number;
  /**
   * False for nearly every text: no key of it reaches for a prototype, however it is written. A byte order mark, which
   * only some parsers forgive, counts as well.
   */
  readonly mayReachForPrototypes: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;
const SMALL_C = 0x63;
const BYTE_ORDER_MARK = 0xfeff;

/** Reads the text once, and leaps over strings, which are most of a long text. */
export function shapeOf(text: string): JsonShape {
  const { length } = text;
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let mayReachForPrototypes = text.charCodeAt(0) === BYTE_ORDER_MARK;
  let opening = 0;
  let closing = 0;
  for (let at = 0; at < length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      opening = at;
      closing = closingQuote(text, at);
      // A string without an end is no JSON; whoever parses it says so.
      if (closing < 0) break;
      at = closing;
    } else if (char === COLON) {
      // The string before it was a key.
      if (depth === 1) members++;
      mayReachForPrototypes ||= mayBeForbidden(text, opening + 1, closing);
      // Looked at once: what has a colon after a colon is no JSON, and must not take longer for that.
      opening = closing;
    } else if (char === 0x7b || char === 0x5b) {
      if (++depth > deepest) deepest = depth;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return { depth: deepest, members, mayReachForPrototypes };
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

const PROTO = "__proto__";
const CONSTRUCTOR = "constructor";
/** As long as the longer of the two is if each of its characters is escaped. */
const LONGEST = CONSTRUCTOR.length * 6;

/** Whether the key between these two is a forbidden one, or has an escaped character. */
function mayBeForbidden(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST) return false;
  const first = text.charCodeAt(start);
  if (length === PROTO.length && first === UNDERSCORE && text.startsWith(PROTO, start)) return true;
  if (length === CONSTRUCTOR.length && first === SMALL_C && text.startsWith(CONSTRUCTOR, start)) return true;
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === BACKSLASH) return true;
  return false;
}
