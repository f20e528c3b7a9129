import type { HostRecord } from "../../ports/host-records.ts";
import type { ZoneRecord } from "../../ports/zone-records.ts";

/** Why a zone takes no sessions, as a sentence. */
export function whyZoneIsClosed(zone: ZoneRecord): string {
  return zone.status === "ENABLED"
    ? `Zone ${zone.zoneId} does not allow P2P: p2p_enabled is false`
    : `Zone ${zone.zoneId} is not ENABLED: its status is ${zone.status}`;
}

/** Why a host was refused for a zone: the first thing that stands in the way, as a sentence. */
export function whyHostIsUnfit(host: HostRecord, zone: ZoneRecord, silentSince: number): string {
  const name = `Host ${host.hostId}`;
  if (host.currentZones >= host.maxZones) {
    return `${name} has no free zone slot: current_zones is ${host.currentZones} of max_zones ${host.maxZones}`;
  }
  if (host.status !== "ONLINE") return `${name} is not ONLINE: its status is ${host.status}`;
  if (host.lastSeenAt <= silentSince) return `${name} is not ONLINE: it has been silent for too long`;
  if (host.qualityScore < zone.minHostQualityScore) {
    return `${name} has a quality_score of ${host.qualityScore}, below the zone's min_host_quality_score of ${zone.minHostQualityScore}`;
  }
  if ((host.networkSpeedMbps ?? 0) < zone.minBandwidthMbps) {
    return `${name} has a network_speed_mbps of ${host.networkSpeedMbps ?? 0}, below the zone's min_bandwidth_mbps of ${zone.minBandwidthMbps}`;
  }
  return `${name} has a latency_ms of ${host.latencyMs}, above the zone's max_latency_ms of ${zone.maxLatencyMs}`;
}
