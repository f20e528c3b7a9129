import type { Clock } from "../../ports/clock.ts";

/** Kinds of error that are remembered; those that happened longest ago go first. */
const MOST_KINDS = 200;

const MAX_TEXT = 400;

/** Of the number in an id, so that ids are in the order in which kinds first came. */
const DIGITS = 4;

/** Errors of one kind on this node. */
export interface ErrorKind {
  readonly id: string;
  /** When it first and last happened, in ms. */
  readonly since: number;
  readonly at: number;
  readonly text: string;
  readonly route: string | null;
  readonly count: number;
  /** The request that it happened to last, by its name; null: none, or it is not known. */
  readonly request: string | null;
}

/** What went wrong on this node lately, each kind once. */
export class ErrorLog {
  readonly #clock: Pick<Clock, "now">;
  readonly #prefix: string;
  readonly #kinds = new Map<string, ErrorKind>();
  #numbered = 0;

  /** Ids begin with `prefix`. */
  constructor(clock: Pick<Clock, "now">, prefix: string) {
    this.#clock = clock;
    this.#prefix = prefix;
  }

  note(text: string, route: string | null, request: string | null = null): void {
    const key = `${route ?? ""} ${text}`.slice(0, MAX_TEXT);
    const at = this.#clock.now();
    const known = this.#kinds.get(key);
    this.#kinds.delete(key);
    this.#kinds.set(key, {
      id: known?.id ?? `${this.#prefix}-${`${++this.#numbered}`.padStart(DIGITS, "0")}`,
      since: known?.since ?? at,
      at,
      text: text.slice(0, MAX_TEXT),
      route,
      count: (known?.count ?? 0) + 1,
      request,
    });
    for (const oldest of this.#kinds.keys()) {
      if (this.#kinds.size <= MOST_KINDS) break;
      this.#kinds.delete(oldest);
    }
  }

  /** What happened last comes last. */
  all(): readonly ErrorKind[] {
    return [...this.#kinds.values()];
  }
}
