import type { HostStatus } from "./host-records.ts";
import type { MatchRecord, MatchStatus } from "./match-records.ts";
import type { Contender } from "./contender.ts";
import type { EntryStatus } from "./queue-records.ts";
import type { SessionStatus } from "./session-records.ts";

/** An entry of the arena's queue, as operators see it. */
export interface ListedEntry extends Contender {
  /** The row's number; entries that joined later have higher ones. */
  readonly row: number;
  readonly queueId: string;
  readonly status: EntryStatus;
  readonly matchId: string | null;
  /** In ms. */
  readonly createdAt: number;
  readonly seenAt: number;
}

export interface ListedMatch {
  readonly row: number;
  readonly match: MatchRecord;
}

export interface ListFilter<Status> {
  readonly status?: Status | undefined;
  /** Only rows with a number below this. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** When things happened in a session, in ms; null: they did not. */
export interface SessionTimes {
  readonly activatedAt: number | null;
  readonly endedAt: number | null;
  /** Everybody who was ever in it, in the order they came; the first hundred. */
  readonly players: readonly { readonly playerId: string; readonly joinedAt: number; readonly connected: boolean }[];
}

/**
 * What operators look at in the records beside what clients are shown. Reads only: looking keeps nothing waiting.
 *
 * Atomicity: each verb sees one moment. Unknown ids: null. Cost: no verb depends on how much is kept by more than a
 * logarithm, besides what it returns or counts. Every verb throws StoreUnavailable if the store is away.
 */
export interface OperatorRecords {
  /** Newest first. */
  entries(filter: ListFilter<EntryStatus>): Promise<readonly ListedEntry[]>;
  entry(queueId: string): Promise<ListedEntry | null>;
  /** Those of a player that wait. */
  entriesOf(connectCode: string, limit: number): Promise<readonly ListedEntry[]>;
  /** Of the waiting entries, when the one that has waited longest came, and how many there are. */
  waiting(): Promise<{ readonly count: number; readonly since: number | null }>;
  /** Newest first. */
  matches(filter: ListFilter<MatchStatus>): Promise<readonly ListedMatch[]>;
  /** Counts the rows of the coordinator's hosts. */
  hostsByStatus(): Promise<Readonly<Partial<Record<HostStatus, number>>>>;
  /** Counts the rows of sessions that are open. */
  openSessions(): Promise<Readonly<Partial<Record<SessionStatus, number>>>>;
  /** The public ids of the sessions that somebody is or was in, newest first. */
  sessionsOf(playerId: string, limit: number): Promise<readonly string[]>;
  sessionTimes(session: number): Promise<SessionTimes | null>;
}
