import type { Pairing } from "../../core/matchmaking/types.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type RouteGroup } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { docs, groupDoc } from "./docs.ts";
import { refuse } from "./errors.ts";
import { stats } from "./present.ts";

export function videoChatRoutes(pairing: Pairing, limit: RequestLimit | undefined): RouteGroup {
  return {
    name: "video-chat",
    prefixes: ["/api/stats"],
    crossOrigin: true,
    limit,
    doc: groupDoc,
    refuse,
    routes: [
      route({
        method: "GET",
        path: "/api/stats",
        summary: "How many users, matches and waiting users there are",
        doc: docs.stats,
        policy: policy.open,
        handle: async () => json(200, stats(await pairing.counts())),
      }),
    ],
  };
}
