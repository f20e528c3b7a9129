import type { Matches } from "../../core/matches/matches.ts";
import type { Wagers } from "../../core/wagers/wagers.ts";
import { policy } from "../../transport/http/policy.ts";
import { exactJson, route, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { ownerOfSide } from "./owners.ts";
import { matchNamed } from "./paths.ts";
import { wager } from "./present.ts";
import { moveBody, proposalBody } from "./schema.ts";
import { docs } from "./wager-docs.ts";

export interface WagerRoutesOptions {
  readonly matches: Matches;
  readonly wagers: Wagers;
  readonly limits: Readonly<Record<"write", RequestLimit | undefined>>;
}

export function wagerRoutes({ matches, wagers, limits }: WagerRoutesOptions): readonly Route[] {
  const asSide = ownerOfSide(matches);
  return [
    route({
      method: "POST",
      path: "/matches/:match_id/wager/propose",
      summary: "Proposes a wager",
      doc: docs.propose,
      policy: asSide,
      limit: limits.write,
      body: proposalBody,
      async handle(call) {
        const { queue_id, amount_wei: amountWei, wager_id: wagerId } = call.body;
        return exactJson(200, wager(await wagers.propose(matchNamed(call), queue_id, { amountWei, wagerId })));
      },
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/wager/accept",
      summary: "Accepts the opponent's wager",
      doc: docs.accept,
      policy: asSide,
      limit: limits.write,
      body: moveBody,
      handle: async (call) => exactJson(200, wager(await wagers.accept(matchNamed(call), call.body.queue_id))),
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/wager/decline",
      summary: "Declines or withdraws a wager",
      doc: docs.decline,
      policy: asSide,
      limit: limits.write,
      body: moveBody,
      handle: async (call) => exactJson(200, wager(await wagers.decline(matchNamed(call), call.body.queue_id))),
    }),
    route({
      method: "GET",
      path: "/matches/:match_id/wager",
      summary: "Shows how a wager stands",
      doc: docs.get,
      policy: policy.signedIn,
      handle: async (call) => exactJson(200, wager(await matches.get(matchNamed(call)))),
    }),
  ];
}
