import { sql } from "kysely";
import type { ReplayRecords } from "../../../ports/replay-records.ts";
import type { Db, Store } from "../store.ts";

/** Replays in SQL. Whoever adds to one locks its row first, so that what it weighs equals the sum of its pieces. */
export function createReplayRecords(store: Store): ReplayRecords {
  const locking = store.dialect === "postgres";

  return {
    add: (matchId, { recorder, number, content }, { at, games, isComplete }) =>
      store.transact(async (db) => {
        const flag = isComplete ? 1 : 0;
        await db
          .insertInto("replays")
          .values({ match_id: matchId, games, is_complete: flag, bytes: 0, started_at: at, updated_at: at })
          .onConflict((conflict) => conflict.column("match_id").doNothing())
          .execute();
        const replay = await db
          .selectFrom("replays")
          .selectAll()
          .where("match_id", "=", matchId)
          .$if(locking, (query) => query.forUpdate())
          .executeTakeFirstOrThrow();
        const added = await db
          .insertInto("replay_pieces")
          .values({ match_id: matchId, recorder, number, content })
          .onConflict((conflict) => conflict.columns(["match_id", "recorder", "number"]).doNothing())
          .returning("id")
          .executeTakeFirst();
        if (added === undefined) return;
        await db
          .updateTable("replays")
          .set({
            games: Math.max(replay.games, games),
            is_complete: Math.max(replay.is_complete, flag),
            bytes: replay.bytes + content.byteLength,
            updated_at: Math.max(replay.updated_at, at),
          })
          .where("id", "=", replay.id)
          .execute();
      }),

    async find(matchId) {
      const row = await store.read((db) =>
        db.selectFrom("replays").selectAll().where("match_id", "=", matchId).executeTakeFirst(),
      );
      if (row === undefined) return null;
      const { games, is_complete, bytes, started_at, updated_at } = row;
      return { matchId, games, isComplete: is_complete === 1, bytes, startedAt: started_at, updatedAt: updated_at };
    },

    async pieces(matchId) {
      const rows = await store.read((db) =>
        db.selectFrom("replay_pieces").select("content").where("match_id", "=", matchId).orderBy("id").execute(),
      );
      return rows.map(({ content }) => content);
    },

    prune: ({ before, maxBytes, limit }) =>
      store.transact(async (db) => {
        const gone = [...(await untouchedSince(db, before, limit)), ...(await overweight(db, maxBytes, limit))];
        const ids = [...new Set(gone)].slice(0, limit);
        if (ids.length === 0) return 0;
        await db.deleteFrom("replay_pieces").where("match_id", "in", ids).execute();
        const { numDeletedRows } = await db
          .deleteFrom("replays")
          .where("match_id", "in", ids)
          .executeTakeFirstOrThrow();
        return Number(numDeletedRows);
      }),
  };
}

async function untouchedSince(db: Db, before: number, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("replays")
    .select("match_id")
    .where("updated_at", "<=", before)
    .orderBy("updated_at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ match_id }) => match_id);
}

/** Those that have no room left beside all that are newer. */
async function overweight(db: Db, maxBytes: number, limit: number): Promise<readonly string[]> {
  const rows = await db
    .with("weighed", (query) =>
      query
        .selectFrom("replays")
        .select([
          "id",
          "match_id",
          "updated_at",
          sql<number>`SUM(bytes) OVER (ORDER BY updated_at DESC, id DESC)`.as("with_newer"),
        ]),
    )
    .selectFrom("weighed")
    .select("match_id")
    .where("with_newer", ">", maxBytes)
    .orderBy("updated_at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ match_id }) => match_id);
}
