import type { Contender } from "./contender.ts";
import type { MatchRecord } from "./match-records.ts";

export const entryStatuses = ["waiting", "matched", "expired", "cancelled"] as const;
export type EntryStatus = (typeof entryStatuses)[number];

/** A player in the queue, or one that was. Only a waiting entry ever changes its status. */
export interface QueueEntry extends Contender {
  /** Nobody can guess it; whoever knows it may act for the player. */
  readonly queueId: string;
  readonly status: EntryStatus;
  /** The match it was joined to; null in every other status. */
  readonly matchId: string | null;
  /** 1 for who is matched next; null unless it waits. */
  readonly position: number | null;
}

/** An entry and, once there is one, its match. */
export interface Place {
  readonly entry: QueueEntry;
  readonly match: MatchRecord | null;
}

export interface JoinRequest extends Contender {
  readonly queueId: string;
  /** The name of the match, if one comes of it. */
  readonly matchId: string;
}

/** A contender and the id of its entry. */
export interface Entrant extends Contender {
  readonly queueId: string;
}

export interface Joined {
  readonly entry: QueueEntry;
  /** Who waited and is now matched with it; null if it waits itself. */
  readonly opponent: string | null;
  /** Both who are in its match, who waited first, and when it was made, in ms; null if it waits. */
  readonly match: { readonly p1: Entrant; readonly p2: Entrant; readonly madeAt: number } | null;
  /** How long that one has waited, in ms; null if there is none. */
  readonly waitedMs: number | null;
  /** The entry of the same connect code that waited until now. */
  readonly cancelled: string | null;
}

/**
 * The queue of players who want an opponent.
 *
 * Atomicity: each verb is one step, on all nodes; whatever it changes is on disk when it resolves, or nothing is. An
 * entry and the match it is joined to change in one step. Times are in ms. `seenSince`: an entry last seen at or before
 * that is not waiting any more, swept or not. Unknown ids: null or false. Ordering: what joins through one of these joins
 * in the order it asked.
 */
export interface QueueRecords {
  /**
   * Joins whoever has waited longest, or waits. A waiting entry of the same connect code is cancelled first, so that
   * nobody meets itself. After any number of joins, side by side or not, at most one of
   * those not silent is left waiting.
   */
  join(request: JoinRequest, now: number, seenSince: number): Promise<Joined>;
  /** The entry as it is; one that waits is seen now, or has expired if it was not seen since `seenSince`. */
  see(queueId: string, now: number, seenSince: number): Promise<Place | null>;
  /** The connect code of an entry; asking for it keeps nothing waiting. */
  codeOf(queueId: string): Promise<string | null>;
  /** False unless it was waiting. */
  cancel(queueId: string): Promise<boolean>;
  /** Expires waiting entries last seen at or before `seenBefore`, `limit` of them at most; their queue ids. */
  expire(seenBefore: number, limit: number): Promise<readonly string[]>;
  /** How many are waiting. */
  waiting(): Promise<number>;
}
