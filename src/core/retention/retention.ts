import type { Clock } from "../../ports/clock.ts";
import type { RetentionRecords } from "../../ports/retention-records.ts";
import type { Turns } from "../../ports/turns.ts";
import { GIVEN_UP_MS } from "../chain/wager-watch.ts";
import type { RoundOutcome } from "../flow/rounds.ts";

const WORK = "retention";
/** How long a node that dies keeps the turn, in ms. */
const TURN_MS = 60_000;
/** Rows of a kind that one step takes at most, so that those who write never wait long for it. */
const STEP = 200;

export const retained = ["hosts", "sessions", "entries", "matches", "ratings", "audit"] as const;
export type Retained = (typeof retained)[number];

export interface RetentionOptions {
  readonly records: RetentionRecords;
  readonly turns: Turns;
  readonly clock: Clock;
  /** Of this node. */
  readonly node: string;
  /** How long each kind is kept after it came to its end, in ms; null: for ever. */
  readonly keepMs: Readonly<Record<Retained, number | null>>;
}

/** Removes records that are past their age, one kind and a few rows at a time. One node at a time does, to save work. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #removed: Record<Retained, number> = { hosts: 0, sessions: 0, entries: 0, matches: 0, ratings: 0, audit: 0 };

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** How many of each kind this node has removed since it started. */
  get removed(): Readonly<Record<Retained, number>> {
    return this.#removed;
  }

  /** One step of each kind. @throws errors of the store; the next round goes on from there */
  async round(): Promise<RoundOutcome> {
    const { turns, clock, node, keepMs } = this.#options;
    if (!(await turns.take(WORK, node, clock.now(), TURN_MS))) return "idle";
    let isMore = false;
    for (const kind of retained) {
      const keep = keepMs[kind];
      if (keep === null) continue;
      const gone = await this.#step(kind, clock.now() - keep);
      this.#removed[kind] += gone;
      isMore ||= gone > 0;
    }
    return isMore ? "waiting" : "idle";
  }

  /** Lets another node go on. */
  leave(): Promise<void> {
    return this.#options.turns.leave(WORK, this.#options.node);
  }

  #step(kind: Retained, before: number): Promise<number> {
    const { records, clock } = this.#options;
    const aged = { before, limit: STEP };
    // A wager is looked for on the chain that long, whatever the age of its match.
    if (kind === "matches") return records.matches({ ...aged, unsettledSince: clock.now() - GIVEN_UP_MS });
    return records[kind](aged);
  }
}
