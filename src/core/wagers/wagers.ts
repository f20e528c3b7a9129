import type { Clock } from "../../ports/clock.ts";
import type { MatchRecord, MatchRecords, MatchStep, Side, Wager } from "../../ports/match-records.ts";
import { DomainError } from "../errors/errors.ts";
import { isId } from "../matches/ids.ts";
import { isOver } from "../matches/matches.ts";
import { sideOf } from "../matches/players.ts";

/** What one side does to the wager; `by` and the match are as they are in that moment. */
type Move = (match: MatchRecord, by: Side) => Wager;

/**
 * How the two sides of a match agree on a wager: none or declined → proposed → accepted or declined. The escrow is the
 * contract's; here is only who said what. Of moves made at once one comes first, and the others see what it did.
 */
export class Wagers {
  readonly #matches: MatchRecords;
  readonly #clock: Clock;

  constructor({ matches, clock }: { readonly matches: MatchRecords; readonly clock: Clock }) {
    this.#matches = matches;
    this.#clock = clock;
  }

  /** @throws {DomainError} match_not_found, not_a_participant, wager_refused */
  propose(id: string, queueId: string, terms: Pick<Wager, "amountWei" | "wagerId">): Promise<MatchRecord> {
    return this.#move(id, queueId, (match, by) => {
      this.#mustPlay(match);
      if (match.wager !== null && match.wager.status !== "declined") {
        throw refusal(`A wager is ${match.wager.status} already.`);
      }
      return { ...terms, status: "proposed", proposer: by };
    });
  }

  /** @throws {DomainError} match_not_found, not_a_participant, wager_refused */
  accept(id: string, queueId: string): Promise<MatchRecord> {
    return this.#move(id, queueId, (match, by) => {
      this.#mustPlay(match);
      const wager = proposed(match);
      if (wager.proposer === by) throw refusal("Cannot accept own wager");
      return { ...wager, status: "accepted" };
    });
  }

  /** The other side declines, or the proposer withdraws. @throws {DomainError} as `accept` */
  decline(id: string, queueId: string): Promise<MatchRecord> {
    return this.#move(id, queueId, (match) => ({ ...proposed(match), status: "declined" }));
  }

  /** Whoever knows how the game stands must not bet on it. */
  #mustPlay(match: MatchRecord): void {
    if (match.status === "completed" || isOver(match, this.#clock.now())) {
      throw refusal(`The match is ${match.status === "completed" ? "completed" : "expired"}.`);
    }
  }

  async #move(id: string, queueId: string, move: Move): Promise<MatchRecord> {
    const decide = (match: MatchRecord): MatchStep => ({ wager: move(match, sideOf(match, queueId)) });
    const view = isId(id) ? await this.#matches.change(id, ({ match }) => decide(match)) : null;
    if (view === null) throw new DomainError("match_not_found");
    return view.match;
  }
}

function proposed({ wager }: MatchRecord): Wager {
  if (wager?.status === "proposed") return wager;
  throw refusal(wager === null ? "No wager is proposed." : `The wager is ${wager.status}, not proposed.`);
}

function refusal(why: string): DomainError {
  return new DomainError("wager_refused", why);
}
