/** A request waiting for another. What it seeks is data, so that one matcher serves every face. */
export interface Ticket {
  /** Also the owner: one owner waits with at most one ticket and is in at most one match. */
  readonly id: string;
  /** Which of its owner's entries this is: tells news of an earlier one from news of this. */
  readonly entry: number;
  /** The node that holds its owner's connection. */
  readonly node: string;
  /** Which line of the queue it stands in. */
  readonly side: string;
  /** Which line it wants to meet. */
  readonly seeks: string;
  /** Carried into the match untouched; opaque to every adapter, but JSON. */
  readonly attributes: unknown;
  /** Tickets it would rather not meet for so many ms after its placing. Either side's wish counts. */
  readonly avoid: readonly { readonly id: string; readonly forMs: number }[];
}

/** Two tickets joined. `later` is the one that came into line last, whichever call joined them. */
export interface Match {
  readonly id: string;
  readonly earlier: Ticket;
  readonly later: Ticket;
  /** In ms. */
  readonly madeAt: number;
}

export type Placement =
  | { readonly status: "matched"; readonly match: Match }
  /** `position` is 1-based within the ticket's own side, whatever the others there seek. */
  | { readonly status: "waiting"; readonly position: number };

/** How many waiting tickets one call looks past at most, because one of the two avoids the other. */
export const MOST_PASSED = 256;

/**
 * The waiting lines and the live matches of one queue. An engine hands out one object a queue; queues never see each
 * other.
 *
 * Atomicity: `place` decides alone, in one step, whether its ticket meets somebody or waits; an id is never in two
 * matches, nor in a match and a line. `withdraw` against a `place` that would meet its ticket, and two `end`s of one
 * match, are decided the same way: exactly one of them happens.
 * Order: of those who fit, the one that has waited longest. Missing ids: null or false. Cost: a ticket looks past a
 * waiting one only if one of the two avoids the other, past {@link MOST_PASSED} at most (then it waits); no verb depends
 * on how many wait by more than a logarithm. Time is the store's own where several nodes share one. Every verb rejects
 * with StoreUnavailable when the store is away; the step may have been done all the same.
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
  /** Takes a waiting ticket out of its line. False if it was not waiting, or only with another entry than this one. */
  withdraw(id: string, entry?: number): Promise<boolean>;
  /** The live match this id is in. */
  matchOf(id: string): Promise<Match | null>;
  /** Ends a live match; only the first caller gets it back. */
  end(matchId: string): Promise<Match | null>;
  /**
   * The tickets from a node that wait or are matched, in pages. One that is there all the while is handed out at least
   * once; what comes or goes meanwhile may be missing.
   */
  ofNode(node: string): AsyncIterable<readonly Pick<Ticket, "id" | "entry">[]>;
  /** Waiting tickets a side, and live matches. A side where nobody waits may be left out. */
  counts(): Promise<{ readonly waiting: Readonly<Record<string, number>>; readonly matches: number }>;
}
