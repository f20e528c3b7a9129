import type { Matches } from "../../core/matches/matches.ts";
import type { Queue } from "../../core/matches/queue.ts";
import { mustOperate, type OperatorAccess } from "../../transport/http/operator.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import { docs } from "./admin-docs.ts";

export interface AdminRoutesOptions {
  readonly queue: Queue;
  readonly matches: Matches;
  readonly access: OperatorAccess;
}

export function adminRoutes({ queue, matches, access }: AdminRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/admin/cleanup",
      summary: "Expires everything that waits and plays",
      doc: docs.cleanup,
      policy: policy.operator,
      async handle(call) {
        await mustOperate(call, access);
        return json(200, {
          expired_queue_entries: await queue.sweep("all"),
          expired_matches: await matches.sweep("all"),
          queue_size: await queue.size(),
          active_matches: await matches.playing(),
        });
      },
    }),
  ];
}
