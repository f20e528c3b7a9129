import type { Clock } from "../../ports/clock.ts";
import type { MatchRecord, MatchRecords, Report } from "../../ports/match-records.ts";
import { DomainError } from "../errors/errors.ts";
import { ratingStep } from "../ratings/elo.ts";
import { isId } from "./ids.ts";
import { otherSide, sideOf } from "./players.ts";
import { resultOf } from "./result.ts";

/** How long a match goes on with nothing happening in it, in ms. */
export const MATCH_SILENCE_MS = 30 * 60_000;

/** Matches that one step of a sweep takes at most, so that no step takes long. */
const SWEEP_STEP = 500;

export interface MatchesOptions {
  readonly matches: MatchRecords;
  readonly clock: Clock;
  /** True: a match counts for ratings once it is over; false: only when both sides have signed its result. */
  readonly ratesUnsigned: boolean;
  /** True: new ratings are to be posted on the chain. */
  readonly postsRatings?: boolean;
}

/** Matches and their results. */
export class Matches {
  readonly #matches: MatchRecords;
  readonly #clock: Clock;
  readonly #ratesUnsigned: boolean;
  readonly #postsRatings: boolean;

  constructor({ matches, clock, ratesUnsigned, postsRatings = false }: MatchesOptions) {
    this.#matches = matches;
    this.#clock = clock;
    this.#ratesUnsigned = ratesUnsigned;
    this.#postsRatings = postsRatings;
  }

  /** @throws {DomainError} match_not_found */
  async get(id: string): Promise<MatchRecord> {
    const match = isId(id) ? await this.#matches.find(id) : null;
    if (match === null) throw new DomainError("match_not_found");
    return match;
  }

  /**
   * Takes what one side says of the end of the game. Once both have, the match is completed and its result stands.
   * The same report again changes nothing.
   *
   * @throws {DomainError} match_not_found, not_a_participant, report_refused
   */
  async report(id: string, queueId: string, report: Report): Promise<MatchRecord> {
    const now = this.#clock.now();
    const view = await this.#change(id, (match) => {
      const side = sideOf(match, queueId);
      if (isOver(match, now)) throw new DomainError("report_refused", "The match has expired.");
      const earlier = match[side].report;
      if (earlier !== null) {
        if (isSame(earlier, report)) return null;
        throw new DomainError("report_refused", "A different result was reported for this side before.");
      }
      const reports = { [side]: report };
      const other = match[otherSide(side)].report;
      if (other === null) return { reports, activeAt: now };
      const result = resultOf(side === "p1" ? { p1: report, p2: other } : { p1: other, p2: report });
      return {
        reports,
        activeAt: now,
        status: "completed",
        result: { ...result, completedAt: now },
        ...(this.#ratesUnsigned ? ratingStep(match, result.winner, now, this.#postsRatings) : {}),
      };
    });
    return view.match;
  }

  /** Something happens in a match: it does not expire for a while. */
  touch(id: string): Promise<void> {
    return this.#matches.touch(id, this.#clock.now());
  }

  /** Expires matches in which nothing happens, or all that play. Any node may do it at any time. Returns how many. */
  async sweep(which: "silent" | "all" = "silent"): Promise<number> {
    const activeBefore = which === "all" ? Number.MAX_SAFE_INTEGER : this.#clock.now() - MATCH_SILENCE_MS;
    let expired = 0;
    for (;;) {
      const step = await this.#matches.expire(activeBefore, SWEEP_STEP);
      expired += step.length;
      // A step may come out short because a match was played just then, though more are left.
      if (step.length === 0) return expired;
    }
  }

  /** How many are playing. */
  playing(): Promise<number> {
    return this.#matches.playing();
  }

  async #change(id: string, decide: (match: MatchRecord) => ReturnType<Parameters<MatchRecords["change"]>[1]>) {
    const view = isId(id) ? await this.#matches.change(id, ({ match }) => decide(match)) : null;
    if (view === null) throw new DomainError("match_not_found");
    return view;
  }
}

/** True for a match that has expired, swept or not. */
export function isOver({ status, activeAt }: MatchRecord, now: number): boolean {
  return status === "expired" || (status === "playing" && activeAt <= now - MATCH_SILENCE_MS);
}

function isSame(one: Report, other: Report): boolean {
  return (
    one.outcome === other.outcome &&
    one.durationSeconds === other.durationSeconds &&
    one.stocksRemaining === other.stocksRemaining &&
    one.opponentStocks === other.opponentStocks
  );
}
