import type { Page } from "./page.ts";

/** A host that could take a session is ONLINE; one that is full is BUSY; MAINTENANCE, set by hand, outweighs all. */
export const hostStatuses = ["ONLINE", "OFFLINE", "BUSY", "MAINTENANCE"] as const;
export type HostStatus = (typeof hostStatuses)[number];

/** What a host says of itself when it registers. Null: not said. */
export interface HostRegistration {
  readonly hostId: string;
  readonly playerId: string;
  readonly playerName: string;
  readonly ipAddress: string;
  readonly port: number;
  readonly publicIp: string | null;
  readonly cpuCores: number | null;
  readonly cpuFrequencyMhz: number | null;
  readonly memoryMb: number | null;
  readonly networkSpeedMbps: number | null;
  /** Places for players, all its sessions together. */
  readonly maxPlayers: number;
  /** Sessions it can run at once. */
  readonly maxZones: number;
  /** JSON, opaque to every adapter. */
  readonly iceServers: unknown;
}

/** What a host measures and reports with each heartbeat; zeros before the first. */
export interface HostMetrics {
  readonly latencyMs: number;
  /** 0 to 100. */
  readonly packetLossPercent: number;
  readonly bandwidthUsageMbps: number;
  /** As the host counts them. */
  readonly currentPlayers: number;
}

/** What a host tells with a heartbeat; undefined: nothing new. */
export type Beat = { readonly [Metric in keyof HostMetrics]?: HostMetrics[Metric] | undefined };

export interface HostRecord extends HostRegistration, HostMetrics {
  /** The row's number: positive, given once, never again. */
  readonly id: number;
  readonly status: HostStatus;
  /** 0 to 100, two decimals. */
  readonly qualityScore: number;
  /** How many open sessions it has: our count, not the host's. */
  readonly currentZones: number;
  /** In ms. */
  readonly createdAt: number;
  /** Its newest registration or heartbeat, in ms. */
  readonly lastSeenAt: number;
}

/** What a list shows of a host. */
export type HostSummary = Pick<HostRecord, "id" | "hostId" | "status" | "qualityScore">;

/** What a host's score follows from. */
export type Scored = HostMetrics & Pick<HostRegistration, "maxPlayers" | "networkSpeedMbps">;

/**
 * Scores a host as it is about to be written. Called inside the step, with `before` as it stood (null: a new host), so
 * that nobody changes it in between. Pure; may run again when the step is repeated. What it throws cancels the step
 * and comes out of the verb.
 */
export type Score = (host: HostRegistration & HostMetrics, before: HostRecord | null) => number;
/** The same for one that is there, of which no more is read than that takes. */
export type BeatScore = (host: Scored) => number;

export interface HostFilter extends Page {
  readonly status?: HostStatus | undefined;
  readonly minQualityScore?: number | undefined;
}

/**
 * The hosts of the coordinator.
 *
 * Atomicity: each verb is one step; of two that race for a host, one comes first and the other sees what it did.
 * Durability: what a resolved promise said survives a crash of this process and, if the store's disk keeps its word, a
 * power cut. Staleness: a host silent for too long is found as it was until {@link HostRecords.endSilent} has run.
 * Missing ids: null or false. Cost: no verb depends on how many hosts there are by more than a logarithm, besides what
 * `list` skips and returns.
 *
 * Every verb throws StoreUnavailable if the store is away; it is then unknown whether the step was done.
 */
export interface HostRecords {
  /**
   * Writes a new host, or over the one with this hostId, which is then alive; maintenance stays, and so do metrics unless
   * it had fallen silent: what was measured before says nothing of a host that starts anew.
   */
  register(registration: HostRegistration, score: Score, now: number): Promise<HostRecord>;
  /** Replaces those metrics that are given; the host is then alive. Its new score; null if there is no such host. */
  beat(hostId: string, metrics: Beat, score: BeatScore, now: number): Promise<number | null>;
  /** Puts a host into maintenance or takes it out. Null if there is no such host. */
  setMaintenance(hostId: string, on: boolean): Promise<HostRecord | null>;
  /** Forgets a host and ends its open sessions as ENDED; their public ids. Null if there is no such host. */
  remove(hostId: string, now: number): Promise<readonly string[] | null>;
  find(hostId: string): Promise<HostRecord | null>;
  /** Best first: by quality, then free zone slots, latency and age. */
  list(filter: HostFilter): Promise<readonly HostRecord[]>;
  /** The same hosts in the same order, and of each no more than a list shows: to read all of them takes three times as long. */
  summaries(filter: HostFilter): Promise<readonly HostSummary[]>;
  /**
   * Makes hosts not heard of since `seenBefore` (in ms) OFFLINE and ends their open sessions as FAILED; at most
   * `limit` hosts a step. Returns how many, and the public ids of the sessions. Any number of nodes may do it at once: a host is counted by one.
   */
  endSilent(
    seenBefore: number,
    now: number,
    limit: number,
  ): Promise<{ readonly hosts: number; readonly sessions: readonly string[] }>;
}
