import type { Chain } from "../../ports/chain.ts";
import type { FeedbackOutbox, FeedbackPlace, QueuedFeedback } from "../../ports/feedback-outbox.ts";
import { feedbackOf } from "./feedback.ts";

/** Blocks read at once at most: few enough that whoever reads keeps its turn, and can be stopped. */
const MOST_BLOCKS = 1_000;
/** How many blocks may be left to read when one is looked for. */
const NEAR = 200;
/** Final blocks that are read again: one of several machines behind an endpoint may not have the newest yet. */
const REREAD = 100;
/** How far clocks of nodes and chain may differ, in ms. */
const CLOCK_SLACK_MS = 10 * 60_000;

export interface GivenFeedbackOptions {
  readonly outbox: FeedbackOutbox;
  readonly chain: Chain;
}

/**
 * Tells which ratings the registry has already. Final blocks are read once, by a stored cursor: it passes no feedback
 * before the rating that it belongs to is confirmed, so that one that is not can only be behind it. Blocks from before
 * the oldest rating that waits are passed over.
 */
export class GivenFeedback {
  readonly #options: GivenFeedbackOptions;

  constructor(options: GivenFeedbackOptions) {
    this.#options = options;
  }

  /**
   * Whether the oldest unposted rating is there; "unknown": there is more to read, or another node has changed
   * something meanwhile, and whoever asks again later comes further.
   *
   * @param now for what is written, in ms
   */
  async has(
    oldest: QueuedFeedback,
    place: FeedbackPlace,
    finalized: number,
    now: number,
  ): Promise<boolean | "unknown"> {
    const { outbox, chain } = this.#options;
    const known = await outbox.nextBlock(place);
    const isNear = known !== null && finalized - known < MOST_BLOCKS;
    const from = isNear ? known : Math.max(known ?? 0, await chain.blockBefore(oldest.at - CLOCK_SLACK_MS));
    if (finalized - from >= NEAR) {
      await this.#read(place, from, Math.min(finalized, from + MOST_BLOCKS - 1), now);
      return "unknown";
    }
    const hash = chain.hashOf(feedbackOf(oldest));
    const given = await chain.feedbackBy(place.signer, from, "newest");
    return given.some((one) => one.hash === hash);
  }

  /** Confirms what is in final blocks, and only then goes on behind them. */
  async #read(place: FeedbackPlace, from: number, to: number, now: number): Promise<void> {
    const { outbox, chain } = this.#options;
    for (const { agentId, hash } of await chain.feedbackBy(place.signer, from, to)) {
      for (const one of await outbox.unposted(place.chainId, agentId)) {
        if (chain.hashOf(feedbackOf(one)) !== hash) continue;
        if (!(await outbox.advance(one, { state: "confirmed" }, place.chainId, now))) return;
      }
    }
    await outbox.goOn(place, to + 1 - REREAD);
  }
}
