import type { Step } from "../../ports/session-records.ts";
import { sessionOf } from "./rows.ts";
import type { SessionStatements } from "./session-statements.ts";
import type { Db } from "./store.ts";
import type { SessionRow } from "./tables.ts";

/** Connects a player to a session that the caller has locked. */
export async function joinSession(
  statements: SessionStatements,
  db: Db,
  row: SessionRow,
  playerId: string,
  now: number,
): Promise<Step<"full" | "not_open">> {
  if (row.status !== "PENDING" && row.status !== "ACTIVE") return { outcome: "not_open", session: sessionOf(row) };
  const [known] = await statements.player(db, { session: row.id, playerId });
  if (known?.connected === 1) return { outcome: "done", session: sessionOf(row) };
  if (row.current_players >= row.max_players) return { outcome: "full", session: sessionOf(row) };
  await statements.countPlayer(db, { id: row.id });
  if (known !== undefined) await statements.connect(db, { id: known.id, now });
  else {
    await statements.addPlayer(db, { session: row.id, playerId, now });
    await statements.serveOneMore(db, { zone: row.zone });
  }
  return { outcome: "done", session: sessionOf({ ...row, current_players: row.current_players + 1 }) };
}

/** Disconnects a player from a session that the caller has locked. */
export async function leaveSession(db: Db, row: SessionRow, playerId: string, now: number): Promise<Step<"not_there">> {
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
    .set((eb) => ({
      current_players: eb("current_players", "-", 1),
      ...(row.current_players === 1 && { empty_since: now }),
    }))
    .where("id", "=", row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { outcome: "done", session: sessionOf(after) };
}
