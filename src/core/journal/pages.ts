/** What is kept of a note. */
export interface Kept {
  /** In ms. */
  readonly at: number;
  /** Such as `registered`. */
  readonly what: string;
  readonly detail: string | null;
  /** Whose it is, where several faces have such objects: what stands before the id, and a colon. */
  readonly face: string | null;
  readonly id: string;
  readonly person: string | null;
  readonly request: string | null;
}

/** Notes of a page. */
const ROOM = 40;

/** In place of the length of a text that is not there. */
const NOTHING = 0xffff_ffff;

/** How many texts of a note become bytes. */
const TEXTS = 5;

const NO_BYTES = Buffer.alloc(0);

/**
 * The newest so many notes. Those of a page that is full are bytes but for their ids, and the oldest page is written over:
 * objects that are thousands at any time and soon go are the dearest there are, since each collection of the young finds
 * them alive, and only one of everything frees them.
 */
export class Pages {
  readonly #most: number;
  #pages: Page[] = [];
  #open: Page | null = null;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  put(note: Kept): void {
    this.#open ??= this.#turn();
    this.#open.put(note);
    this.#count++;
    if (this.#open.isFull) this.#open = null;
  }

  /** An empty page at the end. */
  #turn(): Page {
    const [oldest] = this.#pages;
    // Once all of it is more than is kept, it is of no use.
    const isFree = oldest !== undefined && this.#count - this.#most >= oldest.count;
    if (isFree) {
      this.#pages.shift();
      this.#count -= oldest.count;
      oldest.clear();
    }
    const page = isFree ? oldest : new Page();
    this.#pages.push(page);
    return page;
  }

  /** How many it holds: those it keeps, and fewer than two pages of older ones. */
  get held(): number {
    return this.#count;
  }

  /** Oldest first. */
  all(): readonly Kept[] {
    return this.#pages.flatMap((page) => page.notes()).slice(-this.#most);
  }

  /** Keeps only those, in their order; they are put into pages anew, so that none stays half empty. */
  keep(isKept: (one: Kept) => boolean): void {
    const all = this.all();
    const kept = all.filter(isKept);
    if (kept.length === all.length) return;
    this.#pages = [];
    this.#open = null;
    this.#count = 0;
    for (const note of kept) this.put(note);
  }

  /** Drops what was noted until then, in ms. */
  dropUntil(time: number): void {
    if (this.#pages.some((page) => page.oldest <= time)) this.keep(({ at }) => at > time);
  }
}

class Page {
  readonly #times = new Float64Array(ROOM);
  readonly #lengths = new Uint32Array(ROOM * TEXTS);
  /** As they were given: those of hosts live anyway, and to keep one its text need not be read. No parts of large texts. */
  readonly #ids: string[] = [];
  /** One after the other, until it is full. */
  readonly #texts: string[] = [];
  /** All of them, in UTF-16 (what a stranger sent may be no whole text), once it is full. */
  #bytes = NO_BYTES;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === ROOM;
  }

  /** When the oldest was noted, which is not the first if the clock went back. */
  get oldest(): number {
    return Math.min(...this.#times.subarray(0, this.#count));
  }

  put({ at, what, detail, face, id, person, request }: Kept): void {
    const first = this.#count * TEXTS;
    this.#ids[this.#count] = id;
    this.#times[this.#count++] = at;
    this.#add(first, what);
    this.#add(first + 1, detail);
    this.#add(first + 2, face);
    this.#add(first + 3, person);
    this.#add(first + 4, request);
    if (this.isFull) this.#close();
  }

  clear(): void {
    this.#ids.length = 0;
    this.#texts.length = 0;
    this.#count = 0;
  }

  #close(): void {
    const all = this.#texts.join("");
    this.#texts.length = 0;
    // With room for what is a little longer next time.
    if (this.#bytes.length < 2 * all.length) this.#bytes = Buffer.alloc(3 * all.length);
    this.#bytes.write(all, "utf16le");
  }

  #add(at: number, text: string | null): void {
    if (text === null) {
      this.#lengths[at] = NOTHING;
      return;
    }
    this.#lengths[at] = text.length;
    this.#texts.push(text);
  }

  notes(): readonly Kept[] {
    const all = this.isFull ? this.#bytes.toString("utf16le") : this.#texts.join("");
    let [from, at] = [0, 0];
    const next = (): string | null => {
      const length = this.#lengths[at++]!;
      return length === NOTHING ? null : all.slice(from, (from += length));
    };
    return Array.from({ length: this.#count }, (_, number) => ({
      at: this.#times[number]!,
      what: next()!,
      detail: next(),
      face: next(),
      id: this.#ids[number]!,
      person: next(),
      request: next(),
    }));
  }
}
