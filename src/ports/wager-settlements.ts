/** A wager that both sides have agreed to, and that is not settled. */
export interface AcceptedWager {
  readonly matchId: string;
  readonly wagerId: bigint;
}

/**
 * How far the payments of a Wager contract are known. Each verb is one step, on all nodes; what it changes is on disk
 * when it resolves.
 */
export interface WagerSettlements {
  /**
   * When the oldest match with an accepted wager that may yet be paid was made, in ms: it was made after `since`, plays
   * or has a winner. Null: there is none.
   */
  oldestAccepted(since: number): Promise<number | null>;
  /** Of these wagers those that are accepted, each once for every match that names it. */
  accepted(wagerIds: readonly bigint[]): Promise<readonly AcceptedWager[]>;
  /** The first block that was not read yet; null: none was. */
  nextBlock(chainId: number, contract: string): Promise<number | null>;
  /** Settles the accepted wagers of these matches and goes on to a block, never back to an earlier one. */
  settle(matchIds: readonly string[], chainId: number, contract: string, nextBlock: number): Promise<void>;
}
