import { ChainRefused, ChainUnavailable, type Chain, type SignedTransaction } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedbackOutbox, FeedbackStep, QueuedFeedback } from "../../ports/feedback-outbox.ts";
import type { Turns } from "../../ports/turns.ts";
import { feedbackOf } from "./feedback.ts";
import { GivenFeedback } from "./given-feedback.ts";
import type { RoundOutcome } from "../flow/rounds.ts";

const WORK = "post feedback";
/** How long a node that dies keeps the turn, in ms. */
const TURN_MS = 5_000;
/** How often a transaction that is in no block is sent again, in ms: endpoints forget without a word. */
const RESEND_MS = 3_000;
/** How long its nonce must look used up before a transaction is given up, in ms: endpoints disagree for moments. */
const GONE_MS = 30_000;

export interface FeedbackPosterOptions {
  readonly outbox: FeedbackOutbox;
  readonly turns: Turns;
  readonly chain: Chain;
  readonly chainId: number;
  /** Address of the registry, lower case. */
  readonly registry: string;
  readonly clock: Clock;
  /** Of this node. */
  readonly node: string;
  /** One will never be posted. */
  onDead(feedback: QueuedFeedback, reason: string): void;
}

/**
 * Posts ratings as feedback, each exactly once. One is in flight at a time: its transaction is stored before it is sent,
 * and the same bytes are sent until they are in a final block. Another is signed for the same rating only when a final
 * block has used the nonce for something else, so that the first can never take effect any more, and the rating is not
 * there already.
 */
export class FeedbackPoster {
  readonly #options: FeedbackPosterOptions;
  readonly #given: GivenFeedback;
  /** Of what is in flight: when it was sent last, and since when its nonce has looked used up. In ms. */
  #flight: { readonly hash: string; sentAt: number | null; goneSince: number | null } | null = null;
  #turnUntil = 0;

  constructor(options: FeedbackPosterOptions) {
    this.#options = options;
    this.#given = new GivenFeedback(options);
  }

  /** One step of one rating. @throws {ChainUnavailable} and errors of the store; the next round goes on from there */
  async round(): Promise<RoundOutcome> {
    const { outbox, chain, chainId } = this.#options;
    const waiting = await outbox.next(chainId);
    if (waiting === null || !(await this.#isMyTurn())) return "idle";
    const finalized = await chain.finalized();
    // Read again: while the turn was another's, it went on.
    const next = await outbox.next(chainId);
    if (next === null) return "idle";
    return next.transaction === null ? this.#sign(next, finalized) : this.#follow(next, next.transaction, finalized);
  }

  /** Lets another node go on. */
  async leave(): Promise<void> {
    this.#turnUntil = 0;
    await this.#options.turns.leave(WORK, this.#options.node);
  }

  async #isMyTurn(): Promise<boolean> {
    const { turns, clock, node } = this.#options;
    const now = clock.now();
    if (now < this.#turnUntil - TURN_MS / 2) return true;
    const mine = await turns.take(WORK, node, now, TURN_MS);
    this.#turnUntil = mine ? now + TURN_MS : 0;
    return mine;
  }

  async #sign(queued: QueuedFeedback, finalized: number): Promise<RoundOutcome> {
    const { outbox, chain, chainId } = this.#options;
    const signer = chain.signer!;
    const feedback = feedbackOf(queued);
    const isThere = await this.#isThere(queued, signer, finalized);
    if (isThere === "unknown") return "more";
    // Posted already, by a program whose records were lost since.
    if (isThere) return this.#advance(queued, { state: "confirmed" });
    const nonce = await chain.nonce(signer, "newest");
    const last = await outbox.lastNonce(chainId, signer);
    if (last !== null && nonce <= last) throw new ChainUnavailable("its endpoint is behind what it said before");
    let transaction: SignedTransaction;
    try {
      transaction = await chain.sign(feedback, nonce);
    } catch (error) {
      if (error instanceof ChainRefused) return this.#bury(queued, error.reason);
      throw error;
    }
    const stored = await this.#advance(queued, { state: "signed", transaction });
    if (stored === "more") await this.#send(transaction);
    return stored;
  }

  async #follow(sent: QueuedFeedback, tx: SignedTransaction, finalized: number): Promise<RoundOutcome> {
    const { chain, clock } = this.#options;
    const receipt = await chain.receipt(tx.hash);
    if (receipt !== null) {
      if (receipt.block > finalized) return "waiting";
      return receipt.succeeded
        ? this.#advance(sent, { state: "confirmed" })
        : this.#bury(sent, "the transaction was carried out and reverted");
    }
    if (this.#flight?.hash !== tx.hash) this.#flight = { hash: tx.hash, sentAt: null, goneSince: null };
    const flight = this.#flight;
    const now = clock.now();
    if ((await chain.nonce(tx.signer, "finalized")) > tx.nonce) {
      flight.goneSince ??= now;
      if (now - flight.goneSince < GONE_MS) return "waiting";
      const isThere = await this.#isThere(sent, tx.signer, finalized);
      if (isThere === "unknown") return "more";
      return this.#advance(sent, { state: isThere ? "confirmed" : "queued" });
    }
    flight.goneSince = null;
    if (flight.sentAt === null || now - flight.sentAt >= RESEND_MS) {
      await this.#send(tx);
      if (sent.state === "signed") return this.#advance(sent, { state: "sent" });
    }
    return "waiting";
  }

  #isThere(oldest: QueuedFeedback, signer: string, finalized: number): Promise<boolean | "unknown"> {
    const { chainId, registry, clock } = this.#options;
    return this.#given.has(oldest, { chainId, registry, signer }, finalized, clock.now());
  }

  async #send(tx: SignedTransaction): Promise<void> {
    await this.#options.chain.send(tx.raw);
    this.#flight = { hash: tx.hash, sentAt: this.#options.clock.now(), goneSince: null };
  }

  async #bury(feedback: QueuedFeedback, reason: string): Promise<RoundOutcome> {
    const outcome = await this.#advance(feedback, { state: "dead", reason });
    if (outcome === "more") this.#options.onDead(feedback, reason);
    return outcome;
  }

  /** What another node has changed meanwhile is looked at again later. */
  async #advance(feedback: QueuedFeedback, step: FeedbackStep): Promise<RoundOutcome> {
    const { outbox, chainId, clock } = this.#options;
    return (await outbox.advance(feedback, step, chainId, clock.now())) ? "more" : "waiting";
  }
}
