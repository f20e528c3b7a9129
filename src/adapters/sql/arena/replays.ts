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
        const replay =
          (await db
            .selectFrom("replays")
            .selectAll()
            .where("match_id", "=", matchId)
            .$if(locking, (query) => query.forUpdate())
            .executeTakeFirst()) ??
          (await db
            .insertInto("replays")
            .values({ match_id: matchId, games, is_complete: flag, bytes: 0, started_at: at, updated_at: at })
            // Begun by another meanwhile: an update that changes nothing locks the row, and returns it.
            .onConflict((conflict) => conflict.column("match_id").doUpdateSet({ match_id: matchId }))
            .returningAll()
            .executeTakeFirstOrThrow());
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
        const chosen = [...new Map(gone.map((one) => [one.match_id, one])).values()].slice(0, limit);
        if (chosen.length === 0) return 0;
        // The replays first: after that nobody can add to them, and their pieces are all there are.
        const removed = await db
          .deleteFrom("replays")
          .where(
            "match_id",
            "in",
            chosen.map(({ match_id }) => match_id),
          )
          // One that has grown since it was chosen is not old any more.
          .where("updated_at", "<=", Math.max(...chosen.map(({ updated_at }) => updated_at)))
          .returning("match_id")
          .execute();
        const ids = removed.map(({ match_id }) => match_id);
        if (ids.length > 0) await db.deleteFrom("replay_pieces").where("match_id", "in", ids).execute();
        return ids.length;
      }),
  };
}

interface Prunable {
  readonly match_id: string;
  readonly updated_at: number;
}

async function untouchedSince(db: Db, before: number, limit: number): Promise<readonly Prunable[]> {
  return db
    .selectFrom("replays")
    .select(["match_id", "updated_at"])
    .where("updated_at", "<=", before)
    .orderBy("updated_at")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Those that have no room left beside all that are newer. */
async function overweight(db: Db, maxBytes: number, limit: number): Promise<readonly Prunable[]> {
  return db
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
    .select(["match_id", "updated_at"])
    .where("with_newer", ">", maxBytes)
    .orderBy("updated_at")
    .orderBy("id")
    .limit(limit)
    .execute();
}
