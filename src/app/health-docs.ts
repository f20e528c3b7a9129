import { z } from "zod";
import type { GroupDoc, RouteDoc } from "../transport/http/documentation.ts";

const count = z.int().min(0);

export const groupDoc: GroupDoc = {
  title: "Operating",
  description: "What load balancers, orchestrators, monitoring and other programs ask.",
  error: z.object({ error: z.string().meta({ description: "The code." }), message: z.string() }),
};

export const docs = {
  health: {
    id: "getHealth",
    responses: {
      200: {
        description: "The server is well. A face that is not served has nobody in it.",
        schema: z.object({
          status: z.literal("ok"),
          queue_size: count,
          active_matches: count,
          live_match_ids: z.array(z.string()),
          activeUsers: count,
          activeMatches: count,
          maleQueue: count,
          femaleQueue: count,
          timestamp: z.string().meta({ format: "date-time" }),
        }),
        example: {
          status: "ok",
          queue_size: 0,
          active_matches: 0,
          live_match_ids: [],
          activeUsers: 10,
          activeMatches: 5,
          maleQueue: 2,
          femaleQueue: 1,
          timestamp: "2024-01-01T00:00:00.000Z",
        },
      },
    },
  },
  live: {
    id: "getLiveness",
    responses: {
      200: {
        description: "The process answers.",
        schema: z.object({
          status: z.literal("live"),
          instance: z.string().meta({ description: "Tells this process from others; a new one after each start." }),
        }),
        example: { status: "live", instance: "5f0c6a529a534d1c" },
      },
    },
  },
  ready: {
    id: "getReadiness",
    responses: {
      200: {
        description: "New clients are welcome. Degraded: a store is away, and what can go on without it does.",
        schema: z.union([
          z.object({ status: z.literal("ready") }),
          z.object({ status: z.literal("degraded"), troubles: z.array(z.string()) }),
        ]),
        example: { status: "ready" },
      },
      503: {
        description: "The server is going down.",
        schema: z.object({ status: z.literal("draining") }),
        example: { status: "draining" },
      },
    },
  },
  metrics: {
    id: "getMetrics",
    responses: {
      200: { description: "All figures, in the Prometheus text format.", mediaType: "text/plain" },
    },
  },
} satisfies Record<string, RouteDoc>;
