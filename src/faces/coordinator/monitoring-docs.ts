import { z } from "zod";
import type { RouteDoc } from "../../transport/http/documentation.ts";

const store = z.enum(["healthy", "unhealthy", "embedded"]).meta({
  description: "`embedded`: no such server is configured, ours keeps it itself.",
});
const count = z.int();

export const docs = {
  dashboard: {
    id: "getDashboard",
    description:
      "Kept up by every change, so asking costs the same whatever there is. While `system.postgres` is `unhealthy`, " +
      "the figures are the last that are known.",
    example: {},
    responses: {
      200: {
        description: "The figures.",
        schema: z.object({
          hosts: z.object({ total: count, online: count, offline: count, average_quality_score: z.number() }),
          zones: z.object({ total: count, enabled: count, disabled: count }),
          sessions: z.object({
            total: count,
            active: count,
            inactive: count,
            total_players: count,
            average_latency_ms: z.number(),
          }),
          system: z.object({ postgres: store, redis: store }),
        }),
        example: {
          hosts: { total: 10, online: 8, offline: 2, average_quality_score: 95.5 },
          zones: { total: 5, enabled: 4, disabled: 1 },
          sessions: { total: 20, active: 15, inactive: 5, total_players: 150, average_latency_ms: 45.5 },
          system: { postgres: "healthy", redis: "healthy" },
        },
      },
    },
  },
  hostStats: {
    id: "getHostStatistics",
    description: "Excellent from a score of 90, good from 70, fair from 50.",
    example: {},
    responses: {
      200: {
        description: "Online hosts, by quality.",
        schema: z.object({
          total_online: count,
          quality_distribution: z.object({ excellent: count, good: count, fair: count, poor: count }),
        }),
        example: { total_online: 8, quality_distribution: { excellent: 5, good: 2, fair: 1, poor: 0 } },
      },
    },
  },
} satisfies Record<string, RouteDoc>;
