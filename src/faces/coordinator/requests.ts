import type { z } from "zod";
import type { Beat, HostRegistration } from "../../ports/host-records.ts";
import type { SessionMetrics } from "../../ports/session-records.ts";
import type { ZoneChanges, ZoneSettings } from "../../ports/zone-records.ts";
import type { heartbeatBody, hostBody, sessionMetricsBody, zoneBody, zonePatchBody } from "./schema.ts";

/** Bodies, in the domain's words. What a caller may leave out gets its default here. */

export function registrationOf(body: z.output<typeof hostBody>): HostRegistration {
  return {
    hostId: body.host_id,
    playerId: body.player_id,
    playerName: body.player_name,
    ipAddress: body.ip_address,
    port: body.port,
    publicIp: body.public_ip ?? null,
    cpuCores: body.cpu_cores ?? null,
    cpuFrequencyMhz: body.cpu_frequency_mhz ?? null,
    memoryMb: body.memory_mb ?? null,
    networkSpeedMbps: body.network_speed_mbps ?? null,
    maxPlayers: body.max_players ?? 50,
    maxZones: body.max_zones ?? 5,
    iceServers: body.ice_servers ?? [],
  };
}

export function beatOf(body: z.output<typeof heartbeatBody>): Beat {
  return {
    latencyMs: body.latency_ms ?? undefined,
    packetLossPercent: body.packet_loss_percent ?? undefined,
    bandwidthUsageMbps: body.bandwidth_usage_mbps ?? undefined,
    currentPlayers: body.current_players ?? undefined,
  };
}

export function zoneSettingsOf(body: z.output<typeof zoneBody>): ZoneSettings {
  return {
    zoneName: body.zone_name,
    zoneDisplayName: body.zone_display_name ?? body.zone_name,
    mapName: body.map_name ?? body.zone_id,
    maxPlayers: body.max_players ?? 100,
    recommendedPlayers: body.recommended_players ?? Math.min(50, body.max_players ?? 50),
    p2pEnabled: body.p2p_enabled ?? true,
    p2pPriority: body.p2p_priority ?? 0,
    minHostQualityScore: body.min_host_quality_score ?? 0,
    minBandwidthMbps: body.min_bandwidth_mbps ?? 0,
    maxLatencyMs: body.max_latency_ms ?? null,
    status: body.status ?? "ENABLED",
  };
}

export function zoneChangesOf(body: z.output<typeof zonePatchBody>): ZoneChanges {
  return {
    zoneName: body.zone_name,
    zoneDisplayName: body.zone_display_name,
    mapName: body.map_name,
    maxPlayers: body.max_players,
    recommendedPlayers: body.recommended_players,
    p2pEnabled: body.p2p_enabled,
    p2pPriority: body.p2p_priority,
    minHostQualityScore: body.min_host_quality_score,
    minBandwidthMbps: body.min_bandwidth_mbps,
    maxLatencyMs: body.max_latency_ms,
    status: body.status,
  };
}

export function sessionMetricsOf(body: z.output<typeof sessionMetricsBody>): Partial<SessionMetrics> {
  return given({
    averageLatencyMs: body.average_latency_ms,
    averagePacketLossPercent: body.average_packet_loss_percent,
    bandwidthUsageMbps: body.bandwidth_usage_mbps,
    qualityScore: body.quality_score,
  });
}

/** Without what is null or undefined. */
function given<Values extends object>(values: Values): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Values]?: NonNullable<Values[Key]> };
}
