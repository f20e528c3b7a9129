import type { Selectable } from "kysely";
import type { AgentRating, RatingRecords } from "../../../ports/rating-records.ts";
import type { Store } from "../store.ts";
import type { Tables } from "../tables.ts";

/** Ratings in SQL; the matches write them. */
export function createRatingRecords(store: Store): RatingRecords {
  return {
    async leaderboard({ limit, offset }) {
      const rows = await store.read((db) =>
        db.selectFrom("agents").selectAll().orderBy("elo", "desc").orderBy("id").limit(limit).offset(offset).execute(),
      );
      return rows.map(ratingOf);
    },

    async find(agentId) {
      const row = await store.read((db) =>
        db.selectFrom("agents").selectAll().where("agent_id", "=", agentId.toString()).executeTakeFirst(),
      );
      return row === undefined ? null : ratingOf(row);
    },

    async history(agentId, { limit, offset }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("rating_changes")
          .selectAll()
          .where("agent_id", "=", agentId.toString())
          .orderBy("id", "desc")
          .limit(limit)
          .offset(offset)
          .execute(),
      );
      return rows.map((row) => ({
        matchId: row.match_id,
        opponentId: BigInt(row.opponent_id),
        outcome: row.outcome,
        before: row.elo_before,
        after: row.elo_after,
        at: row.created_at,
      }));
    },
  };
}

function ratingOf({ agent_id, elo, matches, wins, losses, draws }: Selectable<Tables["agents"]>): AgentRating {
  return { agentId: BigInt(agent_id), elo, matches, wins, losses, draws };
}
