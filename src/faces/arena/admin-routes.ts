import { createHash, timingSafeEqual } from "node:crypto";
import type { Matches } from "../../core/matches/matches.ts";
import type { Queue } from "../../core/matches/queue.ts";
import { bearerToken } from "../../transport/http/bearer.ts";
import { policy } from "../../transport/http/policy.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { json, route, type Call, type Route } from "../../transport/http/route.ts";
import { docs } from "./admin-docs.ts";

export interface AdminRoutesOptions {
  readonly queue: Queue;
  readonly matches: Matches;
  /** What operators must send; null: whoever calls from this machine is one. */
  readonly adminToken: string | null;
}

export function adminRoutes({ queue, matches, adminToken }: AdminRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/admin/cleanup",
      summary: "Expires everything that waits and plays",
      doc: docs.cleanup,
      policy: policy.operator,
      async handle(call) {
        mustOperate(call, adminToken);
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

/** @throws {Refusal} token_required, forbidden */
function mustOperate(call: Pick<Call, "request" | "isLocal">, adminToken: string | null): void {
  if (adminToken === null) {
    if (call.isLocal()) return;
    throw new Refusal("forbidden", "Without an ADMIN_TOKEN this is for callers on the server's own machine alone.");
  }
  const sent = bearerToken(call.request);
  if (sent === null) throw new Refusal("token_required", "This takes the ADMIN_TOKEN: Authorization: Bearer …");
  if (!isSame(sent, adminToken)) throw new Refusal("forbidden", "This is not the ADMIN_TOKEN.");
}

/** In a time that says nothing of where they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}
