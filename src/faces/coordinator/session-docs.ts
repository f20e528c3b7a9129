import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import { sessionStatuses } from "../../ports/session-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { pages, says, time } from "./docs.ts";

const listed = z.object({
  id: z.int(),
  session_id: z.string().meta({ description: "What clients name it by; nobody can guess it." }),
  host_id: z.int().meta({ description: "The host's `id`." }),
  zone_id: z.int().meta({ description: "The zone's `id`." }),
  status: z.enum(sessionStatuses),
  max_players: z.int(),
  current_players: z.int(),
  created_at: time,
});
const LISTED = {
  id: 1,
  session_id: "session-abc123",
  host_id: 1,
  zone_id: 1,
  status: "PENDING",
  max_players: 50,
  current_players: 0,
  created_at: "2025-11-07T10:00:00Z",
};

const unknown = problem("session_not_found", "Session not found: session-abc123");
const over = problem("wrong_state", "Session 1 is over: its status is ENDED");
const params = { session_id: "The public id, or the number of the row." };
const path = { session_id: "session-abc123" };

export const docs = {
  create: {
    id: "openSession",
    description:
      "Without `host_id`, the best host for the zone: by score, then free slots, then latency. Without `max_players`, " +
      "as many as the zone has. One that stays PENDING while nobody is in it is FAILED after SESSION_PENDING_MINUTES.",
    example: { body: { host_id: "host-12345", zone_id: "prontera", max_players: 50 } },
    responses: { 201: { description: "The session is there.", schema: listed, example: LISTED } },
    refusals: [problem("host_not_found"), problem("zone_not_found"), problem("session_refused")],
  },
  list: {
    id: "listSessions",
    description: "Newest first.",
    query: {
      status: "Only sessions with this status.",
      host_id: "Only sessions of this host.",
      zone_id: "Only sessions of this zone.",
      ...pages,
    },
    example: { query: { status: "PENDING", zone_id: "prontera" } },
    responses: { 200: { description: "Sessions.", schema: z.array(listed), example: [LISTED] } },
  },
  get: {
    id: "getSession",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "The session.",
        schema: listed.omit({ max_players: true, created_at: true }).extend({
          connected_players: z.array(z.string()).meta({ description: "In the order they came." }),
          average_latency_ms: z.number(),
        }),
        example: {
          id: 1,
          session_id: "session-abc123",
          host_id: 1,
          zone_id: 1,
          status: "ACTIVE",
          current_players: 10,
          connected_players: ["player-1", "player-2"],
          average_latency_ms: 45.5,
        },
      },
    },
    refusals: [unknown],
  },
  activate: {
    id: "activateSession",
    params,
    example: { params: path },
    responses: { 200: says("Session activated successfully") },
    refusals: [unknown, problem("wrong_state", "Session 1 is not PENDING: its status is ACTIVE")],
  },
  end: {
    id: "endSession",
    description: "Its players leave, and its host's slot is free.",
    params,
    example: { params: path },
    responses: { 200: says("Session ended successfully") },
    refusals: [unknown, over],
  },
  metrics: {
    id: "updateSessionMetrics",
    description: "Every field may be left out and then stays as it was.",
    params,
    example: {
      params: path,
      body: {
        average_latency_ms: 45.5,
        average_packet_loss_percent: 0.2,
        bandwidth_usage_mbps: 75,
        quality_score: 95,
      },
    },
    responses: { 200: says("Session metrics updated successfully") },
    refusals: [unknown, over],
  },
  addPlayer: {
    id: "addPlayer",
    description: "A player who is there already stays and counts once.",
    params,
    example: { params: path, body: { player_id: "player-12345" } },
    responses: { 200: says("Player player-12345 added to session 1") },
    refusals: [unknown, over, problem("session_full", "Failed to add player player-12345 to session 1")],
  },
  removePlayer: {
    id: "removePlayer",
    params: { ...params, player_id: "Whom to remove." },
    example: { params: { ...path, player_id: "player-12345" } },
    responses: { 200: says("Player player-12345 removed from session 1") },
    refusals: [unknown, problem("player_not_found")],
  },
} satisfies Record<string, RouteDoc>;
