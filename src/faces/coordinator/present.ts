import type { Overview } from "../../core/sessions/overview.ts";
import type { HostRecord, HostSummary } from "../../ports/host-records.ts";
import type { SessionRecord } from "../../ports/session-records.ts";
import type { ZoneRecord, ZoneSummary } from "../../ports/zone-records.ts";

/** Answers, each with exactly the keys of the document's example. */

/** As the document writes times: to the second, in UTC. */
function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function registeredHost(host: HostRecord) {
  return {
    id: host.id,
    host_id: host.hostId,
    player_id: host.playerId,
    status: host.status,
    quality_score: host.qualityScore,
    created_at: time(host.createdAt),
  };
}

export function wholeHost(host: HostRecord) {
  return {
    id: host.id,
    host_id: host.hostId,
    player_id: host.playerId,
    player_name: host.playerName,
    status: host.status,
    quality_score: host.qualityScore,
    current_players: host.currentPlayers,
    current_zones: host.currentZones,
    latency_ms: host.latencyMs,
    packet_loss_percent: host.packetLossPercent,
  };
}

export function listedHost(host: HostSummary) {
  return { id: host.id, host_id: host.hostId, status: host.status, quality_score: host.qualityScore };
}

export function createdZone(zone: ZoneRecord) {
  return { ...listedZone(zone), created_at: time(zone.createdAt) };
}

export function wholeZone(zone: ZoneRecord) {
  return {
    ...listedZone(zone),
    active_sessions: zone.activeSessions,
    total_players_served: zone.totalPlayersServed,
  };
}

export function listedZone(zone: ZoneSummary) {
  return {
    id: zone.id,
    zone_id: zone.zoneId,
    zone_name: zone.zoneName,
    status: zone.status,
    p2p_enabled: zone.p2pEnabled,
  };
}

export function changedZone(zone: ZoneRecord) {
  return { id: zone.id, zone_id: zone.zoneId, status: zone.status, p2p_enabled: zone.p2pEnabled };
}

/** A session that was just made, and one in a list. */
export function listedSession(session: SessionRecord) {
  return {
    id: session.id,
    session_id: session.publicId,
    host_id: session.host,
    zone_id: session.zone,
    status: session.status,
    max_players: session.maxPlayers,
    current_players: session.currentPlayers,
    created_at: time(session.createdAt),
  };
}

export function wholeSession(session: SessionRecord, players: readonly string[]) {
  return {
    id: session.id,
    session_id: session.publicId,
    host_id: session.host,
    zone_id: session.zone,
    status: session.status,
    current_players: players.length,
    connected_players: players,
    average_latency_ms: session.averageLatencyMs,
  };
}

/** How a store is doing; embedded: there is none of that kind, the server keeps it itself. */
export type StoreHealth = "healthy" | "unhealthy" | "embedded";

export function dashboard(
  { hosts, zones, sessions, averageQualityScore, averageLatencyMs }: Overview,
  system: { readonly postgres: StoreHealth; readonly redis: StoreHealth },
) {
  return {
    hosts: {
      total: hosts.total,
      online: hosts.online,
      offline: hosts.total - hosts.online,
      average_quality_score: averageQualityScore,
    },
    zones: { total: zones.total, enabled: zones.enabled, disabled: zones.total - zones.enabled },
    sessions: {
      total: sessions.total,
      active: sessions.active,
      inactive: sessions.total - sessions.active,
      total_players: sessions.players,
      average_latency_ms: averageLatencyMs,
    },
    system,
  };
}

export function hostStatistics({ hosts }: Overview) {
  const { online, excellent, good, fair, poor } = hosts;
  return { total_online: online, quality_distribution: { excellent, good, fair, poor } };
}
