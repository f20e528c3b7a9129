import type { Audited } from "../../core/journal/audited.ts";
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
  readonly audited: Audited;
}

export function adminRoutes({ queue, matches, access, audited }: AdminRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/admin/cleanup",
      summary: "Expires everything that waits and plays",
      doc: docs.cleanup,
      policy: policy.operator,
      async handle(call) {
        const { who } = await mustOperate(call, access);
        const deed = { who, action: "cleanup", kind: "face", target: "arena" };
        const expired = await audited(
          deed,
          async () => ({ entries: await queue.sweep("all"), matches: await matches.sweep("all") }),
          ({ entries, matches }) => `expired: ${entries} who waited, ${matches} that played`,
        );
        return json(200, {
          expired_queue_entries: expired.entries,
          expired_matches: expired.matches,
          queue_size: await queue.size(),
          active_matches: await matches.playing(),
        });
      },
    }),
  ];
}
