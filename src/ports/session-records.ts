import type { HostRecord } from "./host-records.ts";
import type { Page } from "./page.ts";
import type { ZoneRecord } from "./zone-records.ts";

/** PENDING and ACTIVE sessions are open. */
export const sessionStatuses = ["PENDING", "ACTIVE", "ENDED", "FAILED"] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export interface SessionMetrics {
  readonly averageLatencyMs: number;
  readonly averagePacketLossPercent: number;
  readonly bandwidthUsageMbps: number;
  /** Null: not reported yet. */
  readonly qualityScore: number | null;
}

/** A host running a zone for players. */
export interface SessionRecord extends SessionMetrics {
  /** The row's number. */
  readonly id: number;
  /** The name clients use; nobody can guess it. */
  readonly publicId: string;
  /** The host's row; it may be gone. */
  readonly host: number;
  readonly hostId: string;
  /** The zone's row. */
  readonly zone: number;
  readonly zoneId: string;
  readonly status: SessionStatus;
  readonly maxPlayers: number;
  /** How many players are connected: our count. 0 once the session is over. */
  readonly currentPlayers: number;
  /** In ms. */
  readonly createdAt: number;
}

export interface SessionFilter extends Page {
  readonly status?: SessionStatus | undefined;
  readonly hostId?: string | undefined;
  readonly zoneId?: string | undefined;
}

/** Both name the same session. */
export type SessionRef = { readonly publicId: string } | { readonly id: number };

export interface SessionRequest {
  readonly publicId: string;
  readonly zoneId: string;
  /** Null: the best host for the zone. */
  readonly hostId: string | null;
  /** Null: as many as the zone has. */
  readonly maxPlayers: number | null;
  /** A host not heard of since then (in ms) takes no session, swept or not. */
  readonly seenSince: number;
}

/** What came of opening a session. What refused it is given as it was in that step. */
export type Opening =
  | { readonly outcome: "opened"; readonly session: SessionRecord }
  | { readonly outcome: "no_such_zone" }
  | { readonly outcome: "no_such_host" }
  | { readonly outcome: "zone_closed"; readonly zone: ZoneRecord }
  | { readonly outcome: "host_unfit"; readonly host: HostRecord; readonly zone: ZoneRecord }
  /** No host was named, and none fits. */
  | { readonly outcome: "no_host_fits"; readonly zone: ZoneRecord };

/** `done`, or what stood in the way, with the session as it now is. */
export interface Step<Outcome extends string> {
  readonly outcome: "done" | Outcome;
  readonly session: SessionRecord;
}

/**
 * The sessions of the coordinator and their players.
 *
 * Atomicity, durability and missing ids are those of the hosts' records. Counters (a session's currentPlayers, a
 * host's currentZones, a zone's activeSessions and totalPlayersServed) change in the step that they count, so at any
 * moment they equal a recount.
 */
export interface SessionRecords {
  /**
   * Makes a PENDING session and takes a zone slot of its host, both or neither. A host fits if it is ONLINE, has a
   * free slot, and meets what the zone asks for; the zone must be ENABLED and p2pEnabled. Without a host named, it is
   * the best that fits: by quality, then free slots, latency and age.
   */
  open(request: SessionRequest, now: number): Promise<Opening>;
  find(ref: SessionRef): Promise<SessionRecord | null>;
  /** Who is connected, in the order they came. */
  players(session: number): Promise<readonly string[]>;
  /** Newest first. */
  list(filter: SessionFilter): Promise<readonly SessionRecord[]>;
  /** PENDING becomes ACTIVE. */
  activate(ref: SessionRef, now: number): Promise<Step<"not_pending"> | null>;
  /** An open session becomes ENDED; its players leave and its host's slot is free. */
  end(ref: SessionRef, now: number): Promise<Step<"not_open"> | null>;
  /** Replaces those metrics that are given. */
  measure(ref: SessionRef, metrics: Partial<SessionMetrics>): Promise<Step<"not_open"> | null>;
  /** Connects a player; one who is connected already counts once and is `done`. Never more than maxPlayers. */
  join(ref: SessionRef, playerId: string, now: number): Promise<Step<"full" | "not_open"> | null>;
  /** Disconnects a player. */
  leave(ref: SessionRef, playerId: string, now: number): Promise<Step<"not_there"> | null>;
  /**
   * PENDING sessions in which nobody is, and that were opened and left by their last player at or before `emptySince` (in
   * ms), become FAILED, and their hosts' slots are free; at most `limit` a step, those first that have been empty longest.
   * Their public ids. Any number of nodes may do it at once: a session is ended by one. One that somebody joins,
   * activates or ends at that moment is either ended here before, or stays. Where there is none, it only reads.
   */
  endAbandoned(emptySince: number, now: number, limit: number): Promise<readonly string[]>;
}
