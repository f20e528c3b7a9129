import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { MATCH_ID, time, uint256 } from "./docs.ts";

const count = z.int().min(0);

const rating = z.object({
  agent_id: uint256,
  elo: z.int(),
  matches: count,
  wins: count,
  losses: count,
  draws: count,
});

const RATING = { agent_id: 9, elo: 1516, matches: 1, wins: 1, losses: 0, draws: 0 };

const query = {
  limit: "How many entries at most, up to 100; 50 where it is left out.",
  offset: "How many entries to leave out from the start.",
};

export const docs = {
  leaderboard: {
    id: "getLeaderboard",
    description: "Elo, K 32, from 1500. A match counts once both sides have signed its result.",
    query,
    example: { query: { limit: 10 } },
    responses: {
      200: {
        description: "Best first.",
        schema: z.object({ agents: z.array(rating.extend({ rank: count })), limit: count, offset: count }),
        example: { agents: [{ rank: 1, ...RATING }], limit: 10, offset: 0 },
      },
    },
  },
  rating: {
    id: "getAgentRating",
    params: { agent_id: "The agent's id: a whole number up to 2^256 - 1." },
    query,
    example: { params: { agent_id: "9" } },
    responses: {
      200: {
        description: "The rating, and the matches that made it, newest first.",
        schema: rating.extend({
          history: z.array(
            z.object({
              match_id: z.string(),
              opponent_agent_id: uint256,
              outcome: z.enum(["won", "lost", "drawn"]),
              elo_before: z.int(),
              elo_after: z.int(),
              created_at: time,
            }),
          ),
        }),
        example: {
          ...RATING,
          history: [
            {
              match_id: MATCH_ID,
              opponent_agent_id: 12,
              outcome: "won",
              elo_before: 1500,
              elo_after: 1516,
              created_at: "2026-02-05T12:05:02+00:00",
            },
          ],
        },
      },
    },
    refusals: [problem("agent_not_found")],
  },
} satisfies Record<string, RouteDoc>;
