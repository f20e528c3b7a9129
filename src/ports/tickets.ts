/** A request waiting for another. What it seeks is data, so that one matcher serves every face. */
export interface Ticket {
  /** Also the owner: one owner waits with at most one ticket and is in at most one match. */
  readonly id: string;
  /** Which of its owner's entries this is: tells news of an earlier one from news of this. */
  readonly entry: number;
  /** Tickets of different queues never meet. */
  readonly queue: string;
  /** Which line of the queue it stands in. */
  readonly side: string;
  /** Which line it wants to meet. */
  readonly seeks: string;
  /** Carried into the match untouched; opaque to every adapter. */
  readonly attributes: unknown;
  /** Tickets it would rather not meet while the time is before `until`, in ms. Either side's wish counts. */
  readonly avoid: readonly { readonly id: string; readonly until: number }[];
}

/** Two tickets joined. `later` is the one that came into line last, whichever call joined them. */
export interface Match {
  readonly id: string;
  readonly queue: string;
  readonly earlier: Ticket;
  readonly later: Ticket;
  /** In ms. */
  readonly madeAt: number;
}

export type Placement =
  | { readonly status: "matched"; readonly match: Match }
  /** `position` is 1-based within the ticket's own side, whatever the others there seek. */
  | { readonly status: "waiting"; readonly position: number };

/**
 * The waiting lines and the live matches.
 *
 * Atomicity: `place` decides alone, in one step, whether its ticket meets somebody or waits; an id is never in two
 * matches, nor in a match and a line. `withdraw` against a `place` that would meet its ticket, and two `end`s of one
 * match, are decided the same way: exactly one of them happens.
 * Order: of those who fit, the one that has waited longest. Missing ids: null or false. Cost: `place` looks past a
 * waiting ticket only if one of the two avoids the other; no verb depends on how many wait.
 */
export interface Tickets {
  /**
   * Puts a ticket into its line, or joins it with the longest waiting one that fits. A ticket with the same id that
   * still waits is replaced (and goes to the end). Null if the id is in a live match: end that first.
   */
  place(ticket: Ticket): Promise<Placement | null>;
  /**
   * Looks again for a partner for a ticket that waits, because an avoidance has run out; it keeps its place.
   * Null unless this call matched it.
   */
  reconsider(id: string): Promise<Match | null>;
  /** Takes a waiting ticket out of its line. False if it was not waiting. */
  withdraw(id: string): Promise<boolean>;
  /** The live match this id is in. */
  matchOf(id: string): Promise<Match | null>;
  /** Ends a live match; only the first caller gets it back. */
  end(matchId: string): Promise<Match | null>;
  /** Waiting tickets a side, and live matches, of one queue. A side where nobody waits may be left out. */
  counts(queue: string): Promise<{ readonly waiting: Readonly<Record<string, number>>; readonly matches: number }>;
}
