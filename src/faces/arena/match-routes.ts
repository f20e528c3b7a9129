import type { Matches } from "../../core/matches/matches.ts";
import type { Signatures } from "../../core/signatures/signatures.ts";
import { policy } from "../../transport/http/policy.ts";
import { exactJson, json, route, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { docs } from "./match-docs.ts";
import { ownerOfSide, ownerOfWallet } from "./owners.ts";
import { matchNamed } from "./paths.ts";
import { signatureCount, signatureList, wholeMatch } from "./present.ts";
import { reportBody, signatureBody } from "./schema.ts";

export interface MatchRoutesOptions {
  readonly matches: Matches;
  readonly signatures: Signatures;
  readonly limits: Readonly<Record<"write", RequestLimit | undefined>>;
}

export function matchRoutes({ matches, signatures, limits }: MatchRoutesOptions): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/matches/:match_id",
      summary: "Shows a match",
      doc: docs.get,
      policy: policy.signedIn,
      handle: async (call) => exactJson(200, wholeMatch(await matches.get(matchNamed(call)))),
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/result",
      urgency: "finish",
      summary: "Reports how the game ended for one side",
      doc: docs.report,
      policy: ownerOfSide(matches),
      limit: limits.write,
      body: reportBody,
      async handle(call) {
        const { body } = call;
        await matches.report(matchNamed(call), body.queue_id, {
          outcome: body.outcome,
          durationSeconds: body.duration_seconds,
          stocksRemaining: body.stocks_remaining,
          opponentStocks: body.opponent_stocks,
        });
        return json(200, { success: true });
      },
    }),
    route({
      method: "GET",
      path: "/matches/:match_id/typed-data",
      summary: "What both wallets sign",
      doc: docs.typedData,
      policy: policy.signedIn,
      handle: async (call) => json(200, await signatures.typedData(matchNamed(call))),
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/signature",
      urgency: "finish",
      summary: "Submits a signature under the result",
      doc: docs.sign,
      policy: ownerOfWallet(matches),
      limit: limits.write,
      body: signatureBody,
      async handle(call) {
        const id = matchNamed(call);
        return json(200, signatureCount(id, await signatures.submit(id, call.body.address, call.body.signature)));
      },
    }),
    route({
      method: "GET",
      path: "/matches/:match_id/signatures",
      summary: "Lists the signatures under the result",
      doc: docs.signatures,
      policy: policy.signedIn,
      async handle(call) {
        const id = matchNamed(call);
        return json(200, signatureList(id, await signatures.list(id)));
      },
    }),
  ];
}
