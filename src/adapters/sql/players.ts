import type { Step } from "../../ports/session-records.ts";
import { sessionOf } from "./rows.ts";
import type { Db } from "./store.ts";
import type { SessionRow } from "./tables.ts";

/** Connects a player to a session that the caller has locked. */
export async function joinSession(
  db: Db,
  row: SessionRow,
  playerId: string,
  now: number,
): Promise<Step<"full" | "not_open">> {
  if (row.status !== "PENDING" && row.status !== "ACTIVE") return { outcome: "not_open", session: sessionOf(row) };
  const known = await db
    .selectFrom("session_players")
    .select(["id", "connected"])
    .where("session", "=", row.id)
    .where("player_id", "=", playerId)
    .executeTakeFirst();
  if (known?.connected === 1) return { outcome: "done", session: sessionOf(row) };
  const after = await db
    .updateTable("sessions")
    .set((eb) => ({ current_players: eb("current_players", "+", 1) }))
    .where("id", "=", row.id)
    .where("current_players", "<", (eb) => eb.ref("max_players"))
    .returningAll()
    .executeTakeFirst();
  if (after === undefined) return { outcome: "full", session: sessionOf(row) };
  if (known !== undefined) {
    await db.updateTable("session_players").set({ connected: 1, joined_at: now }).where("id", "=", known.id).execute();
  } else {
    await db
      .insertInto("session_players")
      .values({ session: row.id, player_id: playerId, connected: 1, joined_at: now })
      .execute();
    await db
      .updateTable("zones")
      .set((eb) => ({ total_players_served: eb("total_players_served", "+", 1) }))
      .where("id", "=", row.zone)
      .execute();
  }
  return { outcome: "done", session: sessionOf(after) };
}

/** Disconnects a player from a session that the caller has locked. */
export async function leaveSession(db: Db, row: SessionRow, playerId: string): Promise<Step<"not_there">> {
  const left = await db
    .updateTable("session_players")
    .set({ connected: 0 })
    .where("session", "=", row.id)
    .where("player_id", "=", playerId)
    .where("connected", "=", 1)
    .returning("id")
    .executeTakeFirst();
  if (left === undefined) return { outcome: "not_there", session: sessionOf(row) };
  const after = await db
    .updateTable("sessions")
    .set((eb) => ({ current_players: eb("current_players", "-", 1) }))
    .where("id", "=", row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { outcome: "done", session: sessionOf(after) };
}
