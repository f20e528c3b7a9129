import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import { zoneStatuses } from "../../ports/zone-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { pages, time } from "./docs.ts";

const changed = z.object({
  id: z.int(),
  zone_id: z.string(),
  status: z.enum(zoneStatuses),
  p2p_enabled: z.boolean(),
});
const listed = changed.extend({ zone_name: z.string() });
const LISTED = { id: 1, zone_id: "prontera", zone_name: "Prontera", status: "ENABLED", p2p_enabled: true };

const unknown = problem("zone_not_found", "Zone not found: prontera");
const params = { zone_id: "The id the zone was created with." };
const path = { zone_id: "prontera" };

export const docs = {
  create: {
    id: "createZone",
    description: "What is left out asks nothing of hosts: any score, bandwidth and latency will do.",
    example: {
      body: {
        zone_id: "prontera",
        zone_name: "Prontera",
        zone_display_name: "Prontera City",
        map_name: "prontera",
        max_players: 100,
        recommended_players: 50,
        p2p_enabled: true,
        p2p_priority: 8,
        min_host_quality_score: 80,
        min_bandwidth_mbps: 100,
        max_latency_ms: 50,
      },
    },
    responses: {
      201: {
        description: "The zone is there.",
        schema: listed.extend({ created_at: time }),
        example: { ...LISTED, created_at: "2025-11-07T10:00:00Z" },
      },
    },
    refusals: [problem("zone_exists", "Zone already exists: prontera")],
  },
  list: {
    id: "listZones",
    description: "By `p2p_priority`, highest first, then by name.",
    query: {
      p2p_enabled: "Only zones where P2P is on, or only those where it is off.",
      status: "Only zones with this status.",
      ...pages,
    },
    example: { query: { p2p_enabled: "true", status: "ENABLED" } },
    responses: { 200: { description: "Zones.", schema: z.array(listed), example: [LISTED] } },
  },
  get: {
    id: "getZone",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "The zone.",
        schema: listed.extend({
          active_sessions: z.int().meta({ description: "Its sessions that are ACTIVE." }),
          total_players_served: z.int().meta({ description: "Players its sessions have ever had." }),
        }),
        example: { ...LISTED, active_sessions: 5, total_players_served: 250 },
      },
    },
    refusals: [unknown],
  },
  update: {
    id: "updateZone",
    description: "Changes what is given. Open sessions go on as they are.",
    params,
    example: { params: path, body: { p2p_enabled: false, status: "MAINTENANCE" } },
    responses: {
      200: {
        description: "The zone.",
        schema: changed,
        example: { id: 1, zone_id: "prontera", status: "MAINTENANCE", p2p_enabled: false },
      },
    },
    refusals: [unknown, problem("below_current")],
  },
} satisfies Record<string, RouteDoc>;
