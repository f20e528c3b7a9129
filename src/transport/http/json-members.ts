/** Where one member of an object stands in its text. */
export interface Member {
  readonly key: string;
  /** Of its value: the first character, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The members of an object, in their order, a key as often as it stands there. For texts that are to be passed on as
 * they were written: what is parsed and written anew has other numbers, and has forgotten what was there twice.
 *
 * @param text valid JSON of an object
 */
export function membersOf(text: string): readonly Member[] {
  const members: Member[] = [];
  let at = text.indexOf("{") + 1;
  for (;;) {
    const opening = text.indexOf('"', at);
    // Nothing but blanks may stand before the next key; a brace ends the object.
    if (opening < 0 || text.slice(at, opening).includes("}")) return members;
    const closing = endOfString(text, opening);
    const key = JSON.parse(text.slice(opening, closing)) as string;
    let start = text.indexOf(":", closing) + 1;
    while (isBlank(text.charCodeAt(start))) start++;
    const after = endOfValue(text, start);
    let end = after;
    while (isBlank(text.charCodeAt(end - 1))) end--;
    members.push({ key, start, end });
    if (text[after] !== ",") return members;
    at = after + 1;
  }
}

/** The place behind the closing quote. */
function endOfString(text: string, opening: number): number {
  let at = text.indexOf('"', opening + 1);
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** The comma or brace that follows a value. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at) - 1;
        break;
      case 0x7b:
      case 0x5b:
        depth++;
        break;
      case 0x7d:
      case 0x5d:
        if (depth-- === 0) return at;
        break;
      case 0x2c:
        if (depth === 0) return at;
        break;
      default:
    }
  }
  return text.length;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
