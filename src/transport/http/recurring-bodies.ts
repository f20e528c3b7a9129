/** Longer bodies are not looked for: they say more, and so each something else. In bytes. */
const LONGEST = 512;

/** In how many places a body may be: one behind the other, so that to look at all of them is one way to memory. */
const WAYS = 4;

/** Of so many new bodies one takes the place of another: where more recur than there are places, most of those stay. */
const RELUCTANCE = 8;

/** What is known of a place in numbers, side by side. */
const HASH = 0;
/** How many bytes, and one more; 0: the place is empty. */
const SIZE = 1;
/** Whether it was asked for since the last sweep. */
const ASKED = 2;
const WIDTH = 4;

export interface RecurringBodiesOptions<Body> {
  /** How many are known at most; a power of two. */
  readonly places: number;
  /** Whether a body takes no more memory than its bytes would suggest; left out, all do. */
  isModest?(body: Body): boolean;
}

/**
 * What short bodies of a route came to, by their bytes. Thousands may call it who have only a few things to say, or each of
 * them the same again and again: each is decoded, parsed and checked once, as long as no other takes its place. Bodies that
 * were refused are never known.
 */
export class RecurringBodies<Body = unknown> {
  readonly #options: RecurringBodiesOptions<Body>;
  readonly #mask: number;
  readonly #marks: Int32Array;
  /** The bytes themselves, place by place. */
  readonly #bytes: Uint8Array;
  readonly #bodies: (Body | undefined)[];
  #newcomers = 0;
  /** Of what was asked for last. */
  #hash = 0;

  constructor(options: RecurringBodiesOptions<Body>) {
    const all = options.places + WAYS - 1;
    this.#options = options;
    this.#mask = options.places - 1;
    this.#marks = new Int32Array(WIDTH * all);
    this.#bytes = new Uint8Array(LONGEST * all);
    this.#bodies = Array.from({ length: all }, () => undefined);
  }

  /** Undefined: it is not known. */
  recall(bytes: Uint8Array): Body | undefined {
    const { length } = bytes;
    if (length > LONGEST) return undefined;
    const marks = this.#marks;
    const hash = (this.#hash = hashOf(bytes));
    const first = hash & this.#mask;
    for (let place = first; place < first + WAYS; place++) {
      const at = WIDTH * place;
      if (marks[at + HASH] === hash && marks[at + SIZE] === length + 1 && this.#isAt(place, bytes)) {
        if (marks[at + ASKED] === 0) marks[at + ASKED] = 1;
        return this.#bodies[place];
      }
    }
    return undefined;
  }

  /**
   * Of what has just been asked for, and is not known. `body`: what others will be given as well, so that nobody can change
   * it any more, nor what its members are.
   */
  keep(bytes: Uint8Array, body: Body): Body {
    const { length } = bytes;
    if (length > LONGEST || this.#options.isModest?.(body) === false) return body;
    const place = this.#placeFor(this.#hash & this.#mask);
    if (place === null) return body;
    const at = WIDTH * place;
    this.#marks[at + HASH] = this.#hash;
    this.#marks[at + SIZE] = length + 1;
    this.#marks[at + ASKED] = 1;
    this.#bytes.set(bytes, place * LONGEST);
    for (const member of Object.values(body as object)) Object.freeze(member);
    return (this.#bodies[place] = Object.freeze(body));
  }

  /** Forgets what nobody has asked for since it was called last. */
  sweep(): void {
    const marks = this.#marks;
    for (let place = 0, at = 0; place < this.#bodies.length; place++, at += WIDTH) {
      if (marks[at + SIZE] !== 0 && marks[at + ASKED] === 0) {
        marks.fill(0, at, at + WIDTH);
        this.#bytes.fill(0, place * LONGEST, (place + 1) * LONGEST);
        this.#bodies[place] = undefined;
      }
      marks[at + ASKED] = 0;
    }
  }

  /** An empty one; or now and then one that is taken; else null. */
  #placeFor(first: number): number | null {
    for (let place = first; place < first + WAYS; place++) if (this.#marks[WIDTH * place + SIZE] === 0) return place;
    const newcomer = this.#newcomers++;
    return newcomer % RELUCTANCE === 0 ? first + ((newcomer / RELUCTANCE) % WAYS) : null;
  }

  #isAt(place: number, bytes: Uint8Array): boolean {
    const known = this.#bytes;
    const first = place * LONGEST;
    for (let at = 0; at < bytes.length; at++) if (known[first + at] !== bytes[at]) return false;
    return true;
  }
}

/**
 * Four bytes at a time, each of which counts: what recurs differs in a digit. Whoever wants two alike finds them, and gains
 * nothing by it.
 */
export function hashOf(bytes: Uint8Array): number {
  const { length } = bytes;
  const whole = length & ~3;
  let hash = length;
  for (let at = 0; at < whole; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul(hash ^ word, PRIME);
    hash ^= hash >>> 15;
  }
  for (let at = whole; at < length; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME);
  return hash ^ (hash >>> 13);
}

/** Near 2^32 divided by the golden ratio, as Knuth has it for multiplicative hashing. */
const PRIME = 0x9e3779b1;
