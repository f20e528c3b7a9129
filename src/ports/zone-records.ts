import type { Page } from "./page.ts";

export const zoneStatuses = ["ENABLED", "DISABLED", "MAINTENANCE"] as const;
export type ZoneStatus = (typeof zoneStatuses)[number];

/** What an operator says of a zone, and may change. */
export interface ZoneSettings {
  readonly zoneName: string;
  readonly zoneDisplayName: string;
  readonly mapName: string;
  readonly maxPlayers: number;
  readonly recommendedPlayers: number;
  readonly p2pEnabled: boolean;
  /** The higher, the earlier in lists. */
  readonly p2pPriority: number;
  /** What a host must have for a session of this zone. */
  readonly minHostQualityScore: number;
  readonly minBandwidthMbps: number;
  /** Null: any latency will do. */
  readonly maxLatencyMs: number | null;
  readonly status: ZoneStatus;
}

/** A part of the world that hosts can run for players. */
export interface ZoneRecord extends ZoneSettings {
  /** The row's number. */
  readonly id: number;
  readonly zoneId: string;
  /** Sessions of this zone that are ACTIVE. */
  readonly activeSessions: number;
  /** Players its sessions have ever had; one who comes back to the same session counts once. */
  readonly totalPlayersServed: number;
  /** In ms. */
  readonly createdAt: number;
}

/** What a list shows of a zone. */
export type ZoneSummary = Pick<ZoneRecord, "id" | "zoneId" | "zoneName" | "status" | "p2pEnabled">;

export interface ZoneFilter extends Page {
  readonly p2pEnabled?: boolean | undefined;
  readonly status?: ZoneStatus | undefined;
}

/** Each undefined setting stays as it is. */
export type ZoneChanges = { readonly [Setting in keyof ZoneSettings]?: ZoneSettings[Setting] | undefined };

/**
 * Looks at a change before it is made; called inside the step, with the zone as it stands and the most players that any
 * of its open sessions has right now. What it throws cancels the step and comes out of the verb.
 */
export type ZoneCheck = (zone: ZoneRecord, mostPlayers: number) => void;

/** The zones of the coordinator. Atomicity, durability and missing ids are those of the hosts' records. */
export interface ZoneRecords {
  /** Null if the zoneId is taken. */
  create(zoneId: string, settings: ZoneSettings, now: number): Promise<ZoneRecord | null>;
  /** Null if there is no such zone. */
  update(zoneId: string, changes: ZoneChanges, check: ZoneCheck): Promise<ZoneRecord | null>;
  find(zoneId: string): Promise<ZoneRecord | null>;
  /** By p2pPriority, highest first, then by name in the order of its code points. */
  list(filter: ZoneFilter): Promise<readonly ZoneSummary[]>;
}
