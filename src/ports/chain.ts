/** The chain cannot be reached, is another one than it should be, or does not take what it is given; try again later. */
export class ChainUnavailable extends Error {
  /** @param why half a sentence, without keys and addresses of endpoints */
  constructor(why: string) {
    super(`The chain cannot be used: ${why}.`);
    this.name = "ChainUnavailable";
  }
}

/** A contract refuses what it was asked, and would again. */
export class ChainRefused extends Error {
  /** @param reason the contract's */
  constructor(readonly reason: string) {
    super(`The contract refuses: ${reason}.`);
    this.name = "ChainRefused";
  }
}

/** What is said of an agent in a registry of the ERC-8004 kind. */
export interface Feedback {
  readonly agentId: bigint;
  /** A whole number. */
  readonly value: number;
  readonly tag1: string;
  readonly tag2: string;
  readonly endpoint: string;
  /** JSON; goes out as a data URI, and as its hash. */
  readonly document: string;
}

/** A transaction that may be sent any number of times and takes effect once at most: the chain uses a nonce once. */
export interface SignedTransaction {
  /** Address, lower case. */
  readonly signer: string;
  readonly nonce: number;
  readonly hash: string;
  readonly raw: string;
}

/** Where a transaction ended up. */
export interface Receipt {
  readonly block: number;
  /** False: it was carried out and reverted; its nonce is used up. */
  readonly succeeded: boolean;
}

/** Feedback that is on the chain. */
export interface GivenFeedback {
  readonly agentId: bigint;
  /** Of its document; 0x and lower case. */
  readonly hash: string;
}

/** A wager that its contract has paid out. */
export interface SettledWager {
  readonly wagerId: bigint;
  /** The match that decided it, as MatchProof names it: 32 bytes in hex, lower case with 0x. */
  readonly proofId: string;
}

/**
 * A chain, seen through an endpoint that may be slow, behind, or away. Nothing here waits for a block.
 *
 * Every verb throws {@link ChainUnavailable} when there is no good answer within its time; then nothing is known, not
 * even of `send`. Blocks are numbers; a finalized one is never undone. What endpoints still hold back (pending
 * transactions) cannot be seen.
 */
export interface Chain {
  /** Of whose key `sign` is; null: it has none. Lower case. */
  readonly signer: string | null;
  /** The newest finalized block. Throws if this is not the chain, or has not the contracts, of the settings. */
  finalized(): Promise<number>;
  /** A block from before that time, and not much longer before it than that was from now. @param time in ms */
  blockBefore(time: number): Promise<number>;
  /** What an address has, in wei. */
  balance(address: string): Promise<bigint>;
  /** The nonce that an address uses next, as of the newest block or the newest finalized one. */
  nonce(address: string, asOf: "newest" | "finalized"): Promise<number>;
  /** Signs, and sends nothing. @throws {ChainRefused} */
  sign(feedback: Feedback, nonce: number): Promise<SignedTransaction>;
  /** Hands a transaction in. That it was taken promises nothing; one that is known or too late is no failure. */
  send(raw: string): Promise<void>;
  /** Null: in no block so far. */
  receipt(hash: string): Promise<Receipt | null>;
  /** The hash by which feedback is found again. */
  hashOf(feedback: Feedback): string;
  /** What feedback an address has given in these blocks, both included. */
  feedbackBy(address: string, fromBlock: number, toBlock: number | "newest"): Promise<readonly GivenFeedback[]>;
  /** What was paid out in these blocks, both included, in the order it was. */
  settledWagers(fromBlock: number, toBlock: number): Promise<readonly SettledWager[]>;
}
