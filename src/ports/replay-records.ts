/** How far a replay has come. */
export interface ReplayState {
  /** Games that have ended in it. */
  readonly games: number;
  /** True once the match has ended. Stays so. */
  readonly isComplete: boolean;
}

export interface ReplayRecord extends ReplayState {
  readonly matchId: string;
  /** When its first piece came, and its newest, in ms. */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** What its pieces weigh together, in bytes. */
  readonly bytes: number;
}

/** A part of a replay. */
export interface ReplayPiece {
  /** Who recorded it, and its number there: a piece of the same name is the same piece. */
  readonly recorder: string;
  readonly number: number;
  /** Opaque to every adapter, and kept byte for byte. */
  readonly content: Uint8Array;
}

/**
 * Recordings of matches, piece by piece.
 *
 * Atomicity: each verb is one step, on all nodes; what `add` wrote is on disk when it resolves. Unknown ids: null, none.
 */
export interface ReplayRecords {
  /**
   * Adds a piece, which begins the replay if it is the first. A piece that is there already changes nothing. Neither
   * number of the state ever goes down.
   */
  add(matchId: string, piece: ReplayPiece, state: ReplayState & { readonly at: number }): Promise<void>;
  find(matchId: string): Promise<ReplayRecord | null>;
  /** In the order they came. */
  pieces(matchId: string): Promise<readonly Uint8Array[]>;
  /**
   * Removes replays whose newest piece came at or before then, and of the others those that were longest without a new
   * one, until the rest weighs `maxBytes` at most: `limit` of them at most in one step. Returns how many.
   */
  prune(bounds: { readonly before: number; readonly maxBytes: number; readonly limit: number }): Promise<number>;
}
