import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import { wagerStatuses } from "../../ports/match-records.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { MATCH_ID, ofMatch, QUEUE_ID, uint256 } from "./docs.ts";

const { params, path, unknown } = ofMatch;

export const wagerKeys = {
  wager_status: z.enum(wagerStatuses).nullable(),
  wager_amount: uint256.nullable(),
  wager_id: uint256.nullable(),
  wager_proposer: z.enum(["p1", "p2"]).nullable(),
};

const wager = z.object({ match_id: z.string(), ...wagerKeys });

const PROPOSED = {
  match_id: MATCH_ID,
  wager_status: "proposed",
  wager_amount: 10_000_000_000_000_000,
  wager_id: 42,
  wager_proposer: "p2",
};

const refusals = [unknown, problem("not_a_participant"), problem("wager_refused")];
const move = { params: path, body: { queue_id: QUEUE_ID } };

const answers = (wager_status: string, wager_proposer: string) => ({
  200: { description: "How it stands.", schema: wager, example: { ...PROPOSED, wager_status, wager_proposer } },
});

export const docs = {
  propose: {
    id: "proposeWager",
    description: "While the match plays and no wager is open. `wager_id` is what the Wager contract gave it.",
    params,
    example: { params: path, body: { queue_id: QUEUE_ID, amount_wei: 10_000_000_000_000_000, wager_id: 42 } },
    responses: answers("proposed", "p2"),
    refusals,
  },
  accept: {
    id: "acceptWager",
    description: "While the match plays; nobody accepts its own.",
    params,
    example: move,
    responses: answers("accepted", "p1"),
    refusals,
  },
  decline: { id: "declineWager", params, example: move, responses: answers("declined", "p1"), refusals },
  get: {
    id: "getWager",
    params,
    example: { params: path },
    responses: answers("proposed", "p2"),
    refusals: [unknown],
  },
} satisfies Record<string, RouteDoc>;
