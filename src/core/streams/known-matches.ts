import type { Clock } from "../../ports/clock.ts";
import { isOver, MATCH_SILENCE_MS, type Matches } from "../matches/matches.ts";

/** Matches remembered at once; past it the one that was asked for first is looked up again. */
const MAX_KNOWN = 10_000;

/** How often the records are told that something happens in a match, in ms: they only need to know to the minute. */
const TOUCH_MS = 60_000;

export interface KnownMatch {
  readonly id: string;
  /** Connect codes of both players. */
  readonly players: readonly [string, string];
}

interface Known extends KnownMatch {
  touchedAt: number;
}

/** Which matches there are, without asking the records for each frame: a match never goes away, nor do its players. */
export class KnownMatches {
  readonly #matches: Pick<Matches, "get" | "touch">;
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #known = new Map<string, Known>();

  constructor(options: {
    readonly matches: Pick<Matches, "get" | "touch">;
    readonly clock: Clock;
    failed(error: unknown): void;
  }) {
    this.#matches = options.matches;
    this.#clock = options.clock;
    this.#failed = options.failed;
  }

  /** @throws {DomainError} match_not_found */
  async find(id: string): Promise<KnownMatch> {
    return this.#known.get(id) ?? this.#lookUp(id);
  }

  /** Something happens in it: it does not expire for a while. */
  touch(id: string): void {
    const known = this.#known.get(id);
    const now = this.#clock.now();
    if (known === undefined || known.touchedAt > now - TOUCH_MS) return;
    known.touchedAt = now;
    this.#matches.touch(id).catch((error: unknown) => {
      known.touchedAt = -Infinity;
      this.#failed(error);
    });
  }

  /**
   * Whether it has expired, or was completed so long ago that nothing of it can be on its way any more. Asks the records.
   *
   * @throws {DomainError} match_not_found
   */
  async isOver(id: string): Promise<boolean> {
    const match = await this.#matches.get(id);
    const now = this.#clock.now();
    return isOver(match, now) || (match.result !== null && match.result.completedAt <= now - MATCH_SILENCE_MS);
  }

  async #lookUp(id: string): Promise<KnownMatch> {
    const { p1, p2 } = await this.#matches.get(id);
    const known: Known = { id, players: [p1.connectCode, p2.connectCode], touchedAt: -Infinity };
    const [oldest] = this.#known.size < MAX_KNOWN ? [] : this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(id, known);
    return known;
  }
}
