import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import { hostStatuses } from "../../ports/host-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { pages, says, time } from "./docs.ts";

const status = z.enum(hostStatuses).meta({
  description: "`BUSY`: no free zone slot, or no place for players. `OFFLINE`: silent for too long.",
});

const score = z.number().min(0).max(100);
const listed = z.object({ id: z.int(), host_id: z.string(), status, quality_score: score });
const LISTED = { id: 1, host_id: "host-12345", status: "ONLINE", quality_score: 100 };

const unknown = problem("host_not_found", "Host not found: host-12345");
const params = { host_id: "The id the host registered with." };
const path = { host_id: "host-12345" };

export const docs = {
  register: {
    id: "registerHost",
    description:
      "Registering a known `host_id` again updates it and brings it back; it keeps its metrics and its maintenance. " +
      "`max_players` is 50 unless told, `max_zones` 5.",
    example: {
      body: {
        host_id: "host-12345",
        player_id: "player-67890",
        player_name: "PlayerOne",
        ip_address: "192.168.1.100",
        port: 8080,
        public_ip: "203.0.113.1",
        cpu_cores: 8,
        cpu_frequency_mhz: 3600,
        memory_mb: 16384,
        network_speed_mbps: 1000,
        max_players: 50,
        max_zones: 5,
        ice_servers: [{ urls: "stun:stun.l.google.com:19302" }],
      },
    },
    responses: {
      201: {
        description: "The host is registered.",
        schema: listed.extend({ player_id: z.string(), created_at: time }),
        example: {
          id: 1,
          host_id: "host-12345",
          player_id: "player-67890",
          status: "ONLINE",
          quality_score: 100,
          created_at: "2025-11-07T10:00:00Z",
        },
      },
    },
    refusals: [problem("below_current")],
  },
  list: {
    id: "listHosts",
    description: "By quality, then free zone slots and latency.",
    query: {
      status: "Only hosts with this status,.",
      min_quality_score: "Only hosts with at least this score.",
      ...pages,
    },
    example: { query: { status: "ONLINE", min_quality_score: 80 } },
    responses: { 200: { description: "Hosts.", schema: z.array(listed), example: [LISTED] } },
  },
  get: {
    id: "getHost",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "The host.",
        schema: listed.extend({
          player_id: z.string(),
          player_name: z.string(),
          current_players: z.int().meta({ description: "As the host last reported." }),
          current_zones: z.int().meta({ description: "Its open sessions." }),
          latency_ms: z.number(),
          packet_loss_percent: z.number(),
        }),
        example: {
          ...LISTED,
          player_id: "player-67890",
          player_name: "PlayerOne",
          current_players: 0,
          current_zones: 0,
          latency_ms: 0,
          packet_loss_percent: 0,
        },
      },
    },
    refusals: [unknown],
  },
  patch: {
    id: "setHostMaintenance",
    description: "`MAINTENANCE` keeps new sessions away; those it has go on. `ONLINE` ends it.",
    params,
    example: { params: path, body: { status: "MAINTENANCE" } },
    responses: {
      200: { description: "The host.", schema: listed, example: { ...LISTED, status: "MAINTENANCE" } },
    },
    refusals: [unknown],
  },
  unregister: {
    id: "unregisterHost",
    params,
    example: { params: path },
    responses: { 200: says("Host unregistered successfully") },
    refusals: [unknown],
  },
  heartbeat: {
    id: "beatHost",
    description:
      "Every field may be left out and then stays as it was. A host silent for HOST_SILENCE_SECONDS is `OFFLINE` and " +
      "its open sessions have `FAILED`; a heartbeat brings it back.",
    params,
    example: {
      params: path,
      body: { latency_ms: 25.5, packet_loss_percent: 0.1, bandwidth_usage_mbps: 50, current_players: 10 },
    },
    responses: {
      200: {
        description: "Taken.",
        schema: z.object({ message: z.string(), quality_score: score }),
        example: { message: "Heartbeat updated", quality_score: 98.5 },
      },
    },
    refusals: [unknown],
  },
} satisfies Record<string, RouteDoc>;
