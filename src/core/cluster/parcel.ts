/**
 * What goes over the bus from one node to another: a head, then items one behind the other. An item is a line of a
 * letter and numbers, then the texts whose lengths (in UTF-16 units) it names, so that no body is escaped or scanned.
 *
 * Items of an asker: `link` (the link that the items behind it are of, and the first number still wanted), `ask`, `void`
 * (given up), `poke` (heard, but the answer has not come), `probe` (how far have you heard?). Items of the one that
 * answers: `heard` (all numbers of the link up to this one; behind it come answers), `hole` (the same, and something is
 * missing), `probed`, `result`, `refusal`, `gone` (the answer is not kept any more). `fence`: a node to itself.
 */
export type Item =
  | { readonly type: "link" | "heard" | "hole"; readonly link: number; readonly number: number }
  | {
      readonly type: "ask";
      readonly number: number;
      readonly withinMs: number;
      readonly topic: string;
      readonly body: string;
      /** What it belongs to; left out where nobody follows it. */
      readonly parent?: string;
    }
  | { readonly type: "void" | "poke" | "gone"; readonly number: number }
  | { readonly type: "result"; readonly number: number; readonly body: string }
  | { readonly type: "refusal"; readonly number: number; readonly code: string; readonly message: string }
  | { readonly type: "probe" | "probed" | "fence"; readonly number: number };

export interface Parcel {
  readonly from: string;
  readonly items: readonly Item[];
}

/** Changes when a node of an older program could not read a parcel any more. */
const VERSION = "1";

export const head = (from: string): string => `${VERSION} ${from}\n`;

export const write = {
  link: (link: number, floor: number): string => `L ${link} ${floor}\n`,
  /** `parent` is a word that programs which do not know it pass over. */
  ask: (number: number, withinMs: number, topic: string, body: string, parent?: string): string =>
    `A ${number} ${withinMs} ${topic.length} ${body.length}${parent === undefined ? "" : ` ${parent}`}\n${topic}${body}`,
  void: (number: number): string => `V ${number}\n`,
  poke: (number: number): string => `P ${number}\n`,
  heard: (link: number, number: number): string => `H ${link} ${number}\n`,
  hole: (link: number, number: number): string => `N ${link} ${number}\n`,
  result: (number: number, body: string): string => `R ${number} ${body.length}\n${body}`,
  refusal: (number: number, code: string, message: string): string =>
    `E ${number} ${code.length} ${message.length}\n${code}${message}`,
  gone: (number: number): string => `G ${number}\n`,
  probe: (number: number): string => `T ${number}\n`,
  probed: (number: number): string => `Y ${number}\n`,
  fence: (number: number): string => `F ${number}\n`,
};

/** @throws {Error} if it is not a parcel that this version can read */
export function readParcel(text: string): Parcel {
  const end = text.indexOf("\n");
  if (end < 0 || !text.startsWith(`${VERSION} `)) throw new Error("a parcel of another kind");
  const items: Item[] = [];
  for (let at = end + 1; at < text.length;) at = readItem(text, at, items);
  return { from: text.slice(VERSION.length + 1, end), items };
}

const PAIRS = { L: "link", H: "heard", N: "hole" } as const;
const NUMBERS = { V: "void", P: "poke", G: "gone", T: "probe", Y: "probed", F: "fence" } as const;

/** Reads the item at `at` and returns where the next one begins. */
function readItem(text: string, at: number, items: Item[]): number {
  const end = text.indexOf("\n", at);
  if (end < 0) throw new Error("a parcel is cut off");
  const [letter, ...fields] = text.slice(at, end).split(" ");
  const [a = NaN, b = NaN, c = NaN, d = NaN] = fields.map(Number);
  const start = end + 1;
  const past = start + lengthOf(letter, b, c, d);
  if (!Number.isInteger(a) || !(past <= text.length)) throw new Error("a parcel is broken");
  switch (letter) {
    case "A":
      items.push({
        type: "ask",
        number: a,
        withinMs: b,
        topic: text.slice(start, start + c),
        body: text.slice(start + c, past),
        ...(fields[4] === undefined ? {} : { parent: fields[4] }),
      });
      break;
    case "R":
      items.push({ type: "result", number: a, body: text.slice(start, past) });
      break;
    case "E":
      items.push({
        type: "refusal",
        number: a,
        code: text.slice(start, start + b),
        message: text.slice(start + b, past),
      });
      break;
    case "L":
    case "H":
    case "N":
      items.push({ type: PAIRS[letter], link: a, number: b });
      break;
    case "V":
    case "P":
    case "G":
    case "T":
    case "Y":
    case "F":
      items.push({ type: NUMBERS[letter], number: a });
      break;
    default:
      throw new Error("a parcel with an item of another kind");
  }
  return past;
}

function lengthOf(letter: string | undefined, b: number, c: number, d: number): number {
  if (letter === "A") return c + d;
  if (letter === "E") return b + c;
  return letter === "R" ? b : 0;
}
