/** What may go in one step. */
export interface Aged {
  /** What came to its end at or before then, in ms. */
  readonly before: number;
  /** Rows of the kind, at most. */
  readonly limit: number;
}

/**
 * Removes what has been over for long enough, with all that belongs to it.
 *
 * Atomicity: each verb is one step, on all nodes, and returns how many rows of its kind went; less than `limit` does not
 * say that none is left. What another step works on is left for later, so that nobody waits for a row but who came
 * first, and any number of nodes may do it at once. Counters that outlive what they count (a zone's players, an agent's
 * matches) stay as they were. Durability: as for all records. Cost: no verb depends on how much is kept by more than a
 * logarithm, but for matches that are kept back.
 *
 * Every verb throws StoreUnavailable if the store is away; it is then unknown whether the step was done.
 */
export interface RetentionRecords {
  /** Hosts that are OFFLINE, by when they were last heard of. Those in maintenance stay: an operator said so. */
  hosts(aged: Aged): Promise<number>;
  /** Sessions that are ENDED or FAILED, with their players. One with very many players takes more than one step. */
  sessions(aged: Aged): Promise<number>;
  /** Entries of the queue that were cancelled or have expired, by when they were last seen. */
  entries(aged: Aged): Promise<number>;
  /**
   * Matches that are completed or have expired, by when something last happened in them, with their entries, signatures,
   * rating changes and posted feedback. Kept back are those of which a rating is still on its way to the chain, and
   * those made after `unsettledSince` (in ms) whose wager is accepted.
   */
  matches(aged: Aged & { readonly unsettledSince: number }): Promise<number>;
  /** Ratings, by when they last changed, of agents of whose matches none is left. */
  ratings(aged: Aged): Promise<number>;
  /** What operators have done, by when. */
  audit(aged: Aged): Promise<number>;
}
