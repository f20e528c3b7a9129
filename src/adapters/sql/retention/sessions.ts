import { sql } from "kysely";
import type { Aged } from "../../../ports/retention-records.ts";
import type { Db, Store } from "../store.ts";

/** A literal, as in the index: a parameter could be anything. */
const isOver = sql<boolean>`status IN ('ENDED', 'FAILED')`;

/** SQLite, which has no statistics, would else take the index of the lists, and read and sort all that are over each time. */
const isOverAsMost = sql<boolean>`likely(${isOver})`;

/** Players that one step removes at most. */
const MOST_PLAYERS = 1_000;

/** Removes sessions that are over, their players first. Locks in the order of all others: sessions, then zones by id. */
export async function pruneSessions(store: Store, db: Db, { before, limit }: Aged): Promise<number> {
  const over = await db
    .selectFrom("sessions")
    .select(["id", "zone"])
    .where(store.dialect === "sqlite" ? isOverAsMost : isOver)
    .where("ended_at", "<=", before)
    .orderBy("ended_at")
    .limit(limit)
    .$if(store.dialect === "postgres", (query) => query.forUpdate().skipLocked())
    .execute();
  if (over.length === 0) return 0;
  const ids = over.map(({ id }) => id);
  const players = await db
    .selectFrom("session_players")
    .select(["id", "session"])
    .where("session", "in", ids)
    .orderBy("session")
    .limit(MOST_PLAYERS)
    .execute();
  if (players.length > 0) {
    const gone = players.map(({ id }) => id);
    await db.deleteFrom("session_players").where("id", "in", gone).execute();
    await countForgotten(db, players, new Map(over.map(({ id, zone }) => [id, zone])));
  }
  // They came by session: of the last one there may be more.
  const last = players.length < MOST_PLAYERS ? Infinity : players.at(-1)!.session;
  const empty = ids.filter((id) => id < last);
  if (empty.length > 0) await db.deleteFrom("sessions").where("id", "in", empty).execute();
  return Math.max(empty.length, 1);
}

/** A zone goes on saying whom it has served. */
async function countForgotten(
  db: Db,
  players: readonly { readonly session: number }[],
  zones: ReadonlyMap<number, number>,
): Promise<void> {
  const byZone = [...Map.groupBy(players, ({ session }) => zones.get(session)!)].sort(([one], [other]) => one - other);
  for (const [zone, { length }] of byZone) {
    await db
      .updateTable("zones")
      .set((eb) => ({ players_forgotten: eb("players_forgotten", "+", length) }))
      .where("id", "=", zone)
      .execute();
  }
}
