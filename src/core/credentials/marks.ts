import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presences } from "../../ports/presences.ts";

/** How long the store is believed to know what it was told, in ms: it may have lost everything since. */
const BELIEVED_MS = 20_000;

/** How often the store is told what it could not be told, in ms. */
const AGAIN_MS = 20_000;

/** Marks that each new one looks at, to drop those past their time. */
const LOOKS = 2;

/** Marks that the store is told again at once: one that has just come back has more to do. */
const AT_ONCE = 1_000;

/** What is noted: a member of a group, with what it says. */
export interface Note {
  readonly group: string;
  /** Without a line break. */
  readonly member: string;
  readonly value: string;
}

interface Mark {
  readonly note: Note;
  /** When it ends. */
  until: number;
  /** When the store was told of that end; -Infinity: it was not, or is away. */
  toldAt: number;
}

export interface MarksDeps {
  readonly presences: Presences;
  readonly clock: Clock;
  readonly node: string;
  /** The store could not be told; it is told again. */
  failed(error: unknown): void;
}

/** What holds for a time, in a store that all nodes share: however often it is noted, it costs little. */
export class Marks {
  readonly #deps: MarksDeps;
  readonly #all = new Map<string, Mark>();
  /** Those that the store could not be told. */
  readonly #untold = new Set<Mark>();
  #sweep = this.#all.entries();
  /** When the store last failed: what it was told before may be lost. */
  #failedAt = -Infinity;
  #again: Timer | null = null;

  constructor(deps: MarksDeps) {
    this.#deps = deps;
  }

  /**
   * Notes until the later of `forMs` from now and when it was to end. So that one who asks again and again costs little,
   * the store is told of up to a quarter more, at most 20 s, and again when that has gone. `anew`: it is told in any case,
   * for others may have taken the note out. Fulfilled when the store knows, or has failed; never rejects.
   */
  async add(note: Note, forMs: number, anew = false): Promise<void> {
    const { clock, failed } = this.#deps;
    this.#again ??= clock.every(AGAIN_MS, () => void this.#tellAgain().catch(failed));
    const now = clock.now();
    const key = keyOf(note);
    const mark = this.#all.get(key) ?? { note, until: 0, toldAt: -Infinity };
    const isKnown = mark.toldAt > this.#failedAt && mark.toldAt > now - BELIEVED_MS;
    if (isKnown && !anew && mark.until >= now + forMs) return;
    mark.until = Math.max(mark.until, now + forMs + Math.min(forMs / 4, BELIEVED_MS));
    this.#all.set(key, mark);
    for (let at = 0; at < LOOKS; at++) this.#shedOne(now);
    await this.#tell(mark).catch(failed);
  }

  /** It does not hold any more, as others have told the store. */
  drop(note: Pick<Note, "group" | "member">): void {
    const key = keyOf(note);
    const mark = this.#all.get(key);
    if (mark === undefined) return;
    this.#all.delete(key);
    this.#untold.delete(mark);
  }

  has(note: Pick<Note, "group" | "member">): boolean {
    return (this.#all.get(keyOf(note))?.until ?? 0) > this.#deps.clock.now();
  }

  /** What could not be told is not told any more. */
  stop(): void {
    this.#again?.cancel();
    this.#again = null;
  }

  /** Tells the store what it could not be told, or a part of it. */
  async #tellAgain(): Promise<void> {
    const now = this.#deps.clock.now();
    const due: Mark[] = [];
    for (const mark of this.#untold) {
      if (due.length === AT_ONCE) break;
      if (mark.until > now) due.push(mark);
      else this.#untold.delete(mark);
    }
    await Promise.all(due.map((mark) => this.#tell(mark)));
  }

  async #tell(mark: Mark): Promise<void> {
    const { presences, clock, node } = this.#deps;
    const { note, until } = mark;
    const told = clock.now();
    mark.toldAt = told;
    this.#untold.delete(mark);
    try {
      await presences.enter({ ...note, connection: node, node }, until - told);
    } catch (error) {
      this.#failedAt = clock.now();
      // Unless it was told of a later end meanwhile.
      if (mark.toldAt === told) {
        mark.toldAt = -Infinity;
        if (this.#all.get(keyOf(note)) === mark) this.#untold.add(mark);
      }
      throw error;
    }
  }

  #shedOne(now: number): void {
    const { value: found } = this.#sweep.next();
    if (found === undefined) {
      this.#sweep = this.#all.entries();
      return;
    }
    const [key, mark] = found;
    if (mark.until > now) return;
    this.#all.delete(key);
    this.#untold.delete(mark);
  }
}

/** No member has a line break, so that no two notes share a key. */
function keyOf({ group, member }: Pick<Note, "group" | "member">): string {
  return `${member}\n${group}`;
}
