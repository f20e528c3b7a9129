import type { SignedTransaction } from "./chain.ts";
import type { RatingChange } from "./rating-records.ts";

/** queued → signed → sent → confirmed, or dead: it never will be. Signed and sent are in flight. */
export const feedbackStates = ["queued", "signed", "sent", "confirmed", "dead"] as const;
export type FeedbackState = (typeof feedbackStates)[number];

export type UnpostedState = Exclude<FeedbackState, "confirmed">;

/** A rating that is to be said on the chain. */
export interface QueuedFeedback extends RatingChange {
  readonly id: number;
  /** Changes with every write: whoever read an older one writes nothing. */
  readonly revision: number;
  readonly agentId: bigint;
  readonly state: FeedbackState;
  /** Null unless it is in flight. */
  readonly transaction: SignedTransaction | null;
}

/** Where a signer says things: a registry on a chain. Addresses are lower case. */
export interface FeedbackPlace {
  readonly chainId: number;
  readonly registry: string;
  readonly signer: string;
}

/** What becomes of one. A transaction is stored before it is sent anywhere. */
export type FeedbackStep =
  | { readonly state: "signed"; readonly transaction: SignedTransaction }
  | { readonly state: "sent" | "confirmed" }
  /** Its transaction can never take effect any more. */
  | { readonly state: "queued" }
  | { readonly state: "dead"; readonly reason: string };

/**
 * Ratings on their way to the chain, written by the matches in the step that rates: one of each (match, agent).
 *
 * Atomicity: each verb is one step, on all nodes; what it changes is on disk when it resolves. At most one is in flight
 * for each (chain, signer).
 */
export interface FeedbackOutbox {
  /** What to see to next: one in flight on this chain, or else the oldest that is queued. */
  next(chainId: number): Promise<QueuedFeedback | null>;
  /**
   * False, and nothing is written, if it is not any more as it was read, or if it is to be signed while another of
   * this chain and signer is in flight.
   */
  advance(feedback: QueuedFeedback, step: FeedbackStep, chainId: number, now: number): Promise<boolean>;
  /** The highest nonce that was used for one that is in flight, confirmed or dead; null: none. */
  lastNonce(chainId: number, signer: string): Promise<number | null>;
  /** An agent's that are queued, or in flight on this chain. */
  unposted(chainId: number, agentId: bigint): Promise<readonly QueuedFeedback[]>;
  /** The first block of a place that was not read yet; null: none was. */
  nextBlock(place: FeedbackPlace): Promise<number | null>;
  /** Goes on to a block, never back to an earlier one. */
  goOn(place: FeedbackPlace, nextBlock: number): Promise<void>;
  /** How many are in each state but confirmed, which grows for ever. */
  count(): Promise<Readonly<Record<UnpostedState, number>>>;
}
