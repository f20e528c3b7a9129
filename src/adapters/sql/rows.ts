import type { HostMetrics, HostRecord, HostRegistration } from "../../ports/host-records.ts";
import type { SessionMetrics, SessionRecord } from "../../ports/session-records.ts";
import type { ZoneRecord, ZoneSettings } from "../../ports/zone-records.ts";
import type { HostRow, SessionRow, ZoneRow } from "./tables.ts";

/** Rows become records and back; nothing else knows both. */

export function hostOf(row: HostRow): HostRecord {
  return {
    id: row.id,
    hostId: row.host_id,
    playerId: row.player_id,
    playerName: row.player_name,
    ipAddress: row.ip_address,
    port: row.port,
    publicIp: row.public_ip,
    cpuCores: row.cpu_cores,
    cpuFrequencyMhz: row.cpu_frequency_mhz,
    memoryMb: row.memory_mb,
    networkSpeedMbps: row.network_speed_mbps,
    maxPlayers: row.max_players,
    maxZones: row.max_zones,
    iceServers: JSON.parse(row.ice_servers) as unknown,
    latencyMs: row.latency_ms,
    packetLossPercent: row.packet_loss_percent,
    bandwidthUsageMbps: row.bandwidth_usage_mbps,
    currentPlayers: row.current_players,
    status: row.status,
    qualityScore: row.quality_score,
    currentZones: row.current_zones,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

export function registrationColumns(host: HostRegistration) {
  return {
    player_id: host.playerId,
    player_name: host.playerName,
    ip_address: host.ipAddress,
    port: host.port,
    public_ip: host.publicIp,
    cpu_cores: host.cpuCores,
    cpu_frequency_mhz: host.cpuFrequencyMhz,
    memory_mb: host.memoryMb,
    network_speed_mbps: host.networkSpeedMbps,
    max_players: host.maxPlayers,
    max_zones: host.maxZones,
    ice_servers: JSON.stringify(host.iceServers),
  };
}

export function hostMetricColumns(metrics: HostMetrics) {
  return {
    latency_ms: metrics.latencyMs,
    packet_loss_percent: metrics.packetLossPercent,
    bandwidth_usage_mbps: metrics.bandwidthUsageMbps,
    current_players: metrics.currentPlayers,
  };
}

export function zoneOf(row: ZoneRow): ZoneRecord {
  return {
    id: row.id,
    zoneId: row.zone_id,
    zoneName: row.zone_name,
    zoneDisplayName: row.zone_display_name,
    mapName: row.map_name,
    maxPlayers: row.max_players,
    recommendedPlayers: row.recommended_players,
    p2pEnabled: row.p2p_enabled === 1,
    p2pPriority: row.p2p_priority,
    minHostQualityScore: row.min_host_quality_score,
    minBandwidthMbps: row.min_bandwidth_mbps,
    maxLatencyMs: row.max_latency_ms,
    status: row.status,
    activeSessions: row.active_sessions,
    totalPlayersServed: row.total_players_served,
    createdAt: row.created_at,
  };
}

export function zoneColumns(zone: ZoneSettings) {
  return {
    zone_name: zone.zoneName,
    zone_display_name: zone.zoneDisplayName,
    map_name: zone.mapName,
    max_players: zone.maxPlayers,
    recommended_players: zone.recommendedPlayers,
    p2p_enabled: zone.p2pEnabled ? 1 : 0,
    p2p_priority: zone.p2pPriority,
    min_host_quality_score: zone.minHostQualityScore,
    min_bandwidth_mbps: zone.minBandwidthMbps,
    max_latency_ms: zone.maxLatencyMs,
    status: zone.status,
  };
}

export function sessionOf(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    publicId: row.public_id,
    host: row.host,
    hostId: row.host_id,
    zone: row.zone,
    zoneId: row.zone_id,
    status: row.status,
    maxPlayers: row.max_players,
    currentPlayers: row.current_players,
    averageLatencyMs: row.average_latency_ms,
    averagePacketLossPercent: row.average_packet_loss_percent,
    bandwidthUsageMbps: row.bandwidth_usage_mbps,
    qualityScore: row.quality_score,
    createdAt: row.created_at,
  };
}

/** Undefined metrics stay as they are. */
export function sessionMetricColumns(metrics: Partial<SessionMetrics>) {
  return {
    average_latency_ms: metrics.averageLatencyMs,
    average_packet_loss_percent: metrics.averagePacketLossPercent,
    bandwidth_usage_mbps: metrics.bandwidthUsageMbps,
    quality_score: metrics.qualityScore,
  };
}
