/** What was done about somebody, in rows. */
export interface Forgotten {
  /** Removed, or changed so that it says nothing of them. */
  readonly gone: number;
  /** Still going on, and left as it is. */
  readonly left: number;
  /** Under what else they were known in what is gone: ids of their hosts, codes they played under. */
  readonly also: readonly string[];
}

/** How players of the arena are known. */
export type ContenderName = { readonly connectCode: string } | { readonly wallet: string };

/**
 * What records hold of a person, forgotten when an operator says so, with their name, and what else they were known
 * under, where operators did something to them. Nothing is looked up by these names otherwise, so
 * each verb may read every row, before it changes any.
 *
 * Atomicity: each verb changes all or nothing; what comes in while it runs may be missed. Durability: as for all
 * records. Counters stay equal to a recount. Unknown names: nothing is gone, nothing left.
 *
 * Every verb throws StoreUnavailable if the store is away; it is then unknown whether the step was done.
 */
export interface PersonRecords {
  /**
   * Removes the hosts of a player, whose open sessions end as ENDED; in sessions of others the id is replaced, and who
   * is connected leaves. `sessions`: public ids of those that ended.
   */
  player(playerId: string, now: number): Promise<Forgotten & { readonly sessions: readonly string[] }>;
  /**
   * In matches that are over, replaces a side's code by one that nobody has, and removes its name, wallet, agent,
   * signature and the replay, and the words of both sides, which may be about each other; the result and its numbers
   * stand. Agents that it played with lose rating and history. Wallets are compared without regard
   * to case. Left are matches that play, those whose rating is on its way to the chain, those made after
   * `unsettledSince` (in ms) whose wager is accepted, and all of an agent of theirs whose rating of another match is on
   * its way; and entries that wait. An agent that is rated meanwhile is rated before or after, never by half.
   */
  contender(name: ContenderName, unsettledSince: number): Promise<Forgotten>;
}
