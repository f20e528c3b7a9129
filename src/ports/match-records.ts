import type { Contender } from "./contender.ts";

export const matchStatuses = ["playing", "completed", "expired"] as const;
export type MatchStatus = (typeof matchStatuses)[number];

/** One of the two in a match: p1 waited, p2 came. */
export type Side = "p1" | "p2";

/** What a player says of the end of the game. */
export interface Report {
  /** In the player's own words. */
  readonly outcome: string;
  readonly durationSeconds: number | null;
  readonly stocksRemaining: number | null;
  readonly opponentStocks: number | null;
}

export interface Player extends Contender {
  readonly queueId: string;
  readonly report: Report | null;
}

/** What both sides sign. Set once, never changed. */
export interface MatchResult {
  /** Null: a draw. */
  readonly winner: Side | null;
  readonly winnerScore: number;
  readonly loserScore: number;
  /** In ms. */
  readonly completedAt: number;
}

export const wagerStatuses = ["proposed", "accepted", "declined", "settled"] as const;
export type WagerStatus = (typeof wagerStatuses)[number];

export interface Wager {
  readonly status: WagerStatus;
  readonly amountWei: bigint;
  /** The number that the Wager contract gave it. */
  readonly wagerId: bigint;
  readonly proposer: Side;
}

export interface MatchRecord {
  readonly id: string;
  readonly status: MatchStatus;
  readonly p1: Player;
  readonly p2: Player;
  readonly result: MatchResult | null;
  readonly wager: Wager | null;
  /** In ms. */
  readonly createdAt: number;
  /** When somebody last did something in it, in ms. */
  readonly activeAt: number;
}

export interface SignatureRecord {
  /** As it was given. */
  readonly address: string;
  /** As it was given. */
  readonly signature: string;
  /** In ms. */
  readonly createdAt: number;
}

/** New ratings of both sides, from those before the match. */
export type Rate = (before: Readonly<Record<Side, number>>) => Readonly<Record<Side, number>>;

/** What becomes of a match in one step; what is left out stays as it is. */
export interface MatchStep {
  readonly status?: MatchStatus;
  readonly reports?: Partial<Readonly<Record<Side, Report>>>;
  readonly result?: MatchResult;
  readonly wager?: Wager;
  readonly activeAt?: number;
  /** One more. */
  readonly signature?: SignatureRecord & {
    /** Whose it is: the address without regard to case. A match has one of each signer. */
    readonly signer: string;
  };
  /** Rates the agents of both sides, which both must have and which must differ. */
  readonly rating?: {
    readonly rate: Rate;
    readonly initial: number;
    readonly at: number;
    /** True: both new ratings go to the outbox of feedback as well. */
    readonly posted?: boolean;
  };
}

/** A match with everything that was signed for it, in the order it came. */
export interface MatchView {
  readonly match: MatchRecord;
  readonly signatures: readonly SignatureRecord[];
}

/** What comes next, given what is; null: nothing. May be called again after a conflict; what it throws ends the step. */
export type Decide = (now: MatchView) => MatchStep | null;

/**
 * Matches, made by the queue.
 *
 * Atomicity: each verb is one step, on all nodes; whatever it changes is on disk when it resolves, or nothing is.
 * Unknown ids: null or no effect.
 */
export interface MatchRecords {
  find(id: string): Promise<MatchRecord | null>;
  signatures(id: string): Promise<readonly SignatureRecord[]>;
  /**
   * Changes a match: nobody else does between what `decide` is shown and what it decides. Ratings change in the same
   * step; an agent is rated once for a match, however often that is asked for. Resolves with what is there now.
   */
  change(id: string, decide: Decide): Promise<MatchView | null>;
  /** Something happens in a match that is playing. */
  touch(id: string, now: number): Promise<void>;
  /** Expires matches that play and were last active at or before then, `limit` of them at most; their ids. */
  expire(activeBefore: number, limit: number): Promise<readonly string[]>;
  /** How many are playing. */
  playing(): Promise<number>;
}
