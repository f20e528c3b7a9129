/** What is measured for one row or more of the table: one kind of work, our server and what it is held against. */
export interface Work {
  /** A word that picks it out: `npm run bench -- heartbeat`. */
  readonly name: string;
  /** What the table calls it. */
  readonly title: string;
  /** Programs it cannot do without (scripts/test/requirements.mjs). */
  readonly needs: readonly string[];
  /** Those that the short form cannot do without, where that leaves peers out. Default: `needs`. */
  readonly smokeNeeds?: readonly string[];
  /** Measures it; `npm run bench -- --smoke` leaves out what is not worth its seconds there. */
  measure(bench: Bench): Promise<Row[]>;
}

/** What a work needs of the run it is part of. */
export interface Bench {
  /** Short: fewer seconds and fewer clients, and only rows whose ratios stand still enough to be compared. */
  readonly smoke: boolean;
  /** How often each contender is measured; odd, so that a median is one of them. */
  readonly rounds: number;
  /** How long one measurement lasts, in seconds. */
  readonly seconds: number;
  /** A line of progress. */
  say(what: string): void;
}

/** One figure of ours, and what it is held against. */
export interface Row {
  /** Names the row within its work; never changes, since kept tables are compared by it. */
  readonly what: string;
  /** What is counted, such as "requests a second" or "µs of CPU a message". */
  readonly unit: string;
  /** One sample a round. */
  readonly ours: readonly number[];
  readonly against: readonly Rival[];
  /**
   * It is a count of something, such as bytes allocated a request, which no machine's speed changes and of which less is
   * better. So it is compared with the kept count itself, and more strictly.
   */
  readonly isCount?: true;
  /** A target in the figure's own unit, where there is nobody to be held against. */
  readonly target?: Target;
  /** The largest part of its core that the load's generator used; above 0.8 the row does not count. */
  readonly generator: number;
  /** Why a target is missed or met in another way; a sentence of the table's notes. */
  readonly note?: string;
}

/** Another program that did the same in the same rounds, or the bare runtime that nobody can beat. */
export interface Rival {
  readonly name: string;
  readonly kind: "limit" | "peer";
  readonly samples: readonly number[];
  /** Of the ratio, which is ours divided by theirs, round by round. */
  readonly target?: Target;
}

export type Target = { readonly atLeast: number } | { readonly atMost: number };
