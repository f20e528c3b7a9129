import { z } from "zod";
import { hostStatuses } from "../../ports/host-records.ts";
import { sessionStatuses } from "../../ports/session-records.ts";
import { zoneStatuses } from "../../ports/zone-records.ts";
import { address, amount, id, label, numeric, page, parameter, percent, whole, word } from "./fields.ts";

const latency = amount(3_600_000);
const speed = amount(1_000_000_000);
const players = whole(1, 1_000_000);

const iceServer = z.object({
  urls: z.union([z.string().max(1024), z.array(z.string().max(1024)).max(16)], {
    error: "must be a URL or a list of them",
  }),
  username: z.string().max(1024).nullish(),
  credential: z.string().max(1024).nullish(),
});

export const hostBody = z.object({
  host_id: id,
  player_id: id,
  player_name: label,
  ip_address: address,
  port: whole(1, 65_535),
  public_ip: address.nullish(),
  cpu_cores: whole(0, 1_000_000).nullish(),
  cpu_frequency_mhz: amount(1_000_000_000).nullish(),
  memory_mb: amount(1_000_000_000_000).nullish(),
  network_speed_mbps: speed.nullish(),
  max_players: players.nullish(),
  max_zones: whole(1, 10_000).nullish(),
  ice_servers: z.array(iceServer).max(64, "must have at most 64 entries").nullish(),
});

export const heartbeatBody = z.object({
  latency_ms: latency.nullish(),
  packet_loss_percent: percent.nullish(),
  bandwidth_usage_mbps: speed.nullish(),
  current_players: whole(0, 1_000_000).nullish(),
});

/** Only maintenance is set by hand; ONLINE takes a host out of it. */
export const hostPatchBody = z.object({ status: word(["MAINTENANCE", "ONLINE"]) });

export const hostsQuery = z.object({
  status: parameter(word(hostStatuses)),
  min_quality_score: parameter(numeric(percent)),
  ...page,
});

const zoneSettings = {
  zone_name: label,
  zone_display_name: label,
  map_name: label,
  max_players: players,
  recommended_players: whole(0, 1_000_000),
  p2p_enabled: z.boolean(),
  p2p_priority: whole(0, 1_000_000),
  min_host_quality_score: percent,
  min_bandwidth_mbps: speed,
  max_latency_ms: latency,
  status: word(zoneStatuses),
};

/** Clients that write all their fields write null for what they leave out. */
const leftOut = Object.fromEntries(Object.entries(zoneSettings).map(([name, field]) => [name, field.nullish()])) as {
  [Name in keyof typeof zoneSettings]: z.ZodOptional<z.ZodNullable<(typeof zoneSettings)[Name]>>;
};

export const zoneBody = z.object({ ...leftOut, zone_id: id, zone_name: label });

/** Null takes a zone's bound on latency away. */
export const zonePatchBody = z.object({ ...zoneSettings, max_latency_ms: latency.nullable() }).partial();

export const zonesQuery = z.object({
  p2p_enabled: parameter(
    z.preprocess(
      (value) => (typeof value === "string" ? value.toLowerCase() : value),
      z.enum(["true", "false", "1", "0"], { error: "must be true or false" }).transform((text) => /true|1/.test(text)),
    ),
  ),
  status: parameter(word(zoneStatuses)),
  ...page,
});

export const sessionBody = z.object({ host_id: id.nullish(), zone_id: id, max_players: players.nullish() });

export const sessionMetricsBody = z.object({
  average_latency_ms: latency.nullish(),
  average_packet_loss_percent: percent.nullish(),
  bandwidth_usage_mbps: speed.nullish(),
  quality_score: percent.nullish(),
});

export const playerBody = z.object({ player_id: id });

export const sessionsQuery = z.object({
  status: parameter(word(sessionStatuses)),
  host_id: parameter(id),
  zone_id: parameter(id),
  ...page,
});
