/** What was done about somebody, in rows. */
export interface Forgotten {
  /** Removed, or changed so that it says nothing of them. */
  readonly gone: number;
  /** Still going on, and left as it is. */
  readonly left: number;
}

/** How players of the arena are known. */
export type ContenderName = { readonly connectCode: string } | { readonly wallet: string };

/**
 * What records hold of a person, forgotten when an operator says so. Nothing is looked up by these names otherwise, so
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
   * In matches that are over, replaces a side's code, and removes its name, wallet, agent, words, signature and the
   * replay; the result stands. Agents that it played with lose rating and history. Wallets are compared without regard
   * to case. Left are matches that play, those whose rating is on its way to the chain, and those made after
   * `unsettledSince` (in ms) whose wager is accepted; and entries that wait.
   */
  contender(name: ContenderName, unsettledSince: number): Promise<Forgotten>;
}
