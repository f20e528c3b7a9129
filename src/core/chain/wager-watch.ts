import type { Chain } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Turns } from "../../ports/turns.ts";
import type { WagerSettlements } from "../../ports/wager-settlements.ts";
import { proofIdOf } from "../signatures/match-proof.ts";
import type { RoundOutcome } from "../flow/rounds.ts";

const WORK = "watch wagers";
/** How long a node that dies keeps the turn, in ms. */
const TURN_MS = 5_000;
/** Blocks read in one round at most. */
const MOST_BLOCKS = 10_000;
/** How long after its match was made a wager is still looked for, in ms: some are never brought to the contract. */
export const GIVEN_UP_MS = 30 * 24 * 60 * 60_000;
/** How far clocks of nodes and chain may differ, in ms. */
const CLOCK_SLACK_MS = 10 * 60_000;

export interface WagerWatchOptions {
  readonly settlements: WagerSettlements;
  readonly turns: Turns;
  readonly chain: Chain;
  readonly chainId: number;
  /** Address of the Wager contract. */
  readonly contract: string;
  readonly clock: Clock;
  /** Of this node. */
  readonly node: string;
}

/**
 * Settles wagers that the contract has paid out. Only final blocks are read, each once, and only while a wager waits to
 * be settled: what was paid before it was accepted here cannot have been for this match.
 */
export class WagerWatch {
  readonly #options: WagerWatchOptions;

  constructor(options: WagerWatchOptions) {
    this.#options = options;
  }

  /** Reads on. @throws {ChainUnavailable} and errors of the store; the next round goes on from there */
  async round(): Promise<RoundOutcome> {
    const { settlements, turns, chain, chainId, contract, clock, node } = this.#options;
    const since = await settlements.oldestAccepted(clock.now() - GIVEN_UP_MS);
    if (since === null || !(await turns.take(WORK, node, clock.now(), TURN_MS))) return "idle";
    const finalized = await chain.finalized();
    const known = await settlements.nextBlock(chainId, contract);
    // After a long time without wagers, what lies between is passed over.
    const isNear = known !== null && finalized - known < MOST_BLOCKS;
    const from = isNear ? known : Math.max(known ?? 0, await chain.blockBefore(since - CLOCK_SLACK_MS));
    if (from > finalized) return "idle";
    const to = Math.min(finalized, from + MOST_BLOCKS - 1);
    const settled = await chain.settledWagers(from, to);
    const accepted = await settlements.accepted(settled.map(({ wagerId }) => wagerId));
    const matchIds = accepted
      .filter(({ matchId, wagerId }) =>
        // Whoever names somebody else's wager gets nothing by it: the contract says which match decided.
        settled.some((one) => one.wagerId === wagerId && one.proofId === proofIdOf(matchId)),
      )
      .map(({ matchId }) => matchId);
    await settlements.settle(matchIds, chainId, contract, to + 1);
    return to < finalized ? "more" : "idle";
  }

  /** Lets another node go on. */
  leave(): Promise<void> {
    return this.#options.turns.leave(WORK, this.#options.node);
  }
}
