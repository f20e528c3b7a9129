import { sql, type ExpressionBuilder } from "kysely";
import type { Db, Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** As the partial indexes have it, so literally. */
export const isOpen = sql<boolean>`status IN ('PENDING', 'ACTIVE')`;

/**
 * Ends all open sessions of hosts whose rows the caller has locked: their players leave, and their zones have fewer
 * active sessions. The hosts' own slots are the caller's business.
 *
 * Returns their public ids.
 *
 * Locks are always taken in this order: hosts, sessions, zones; of each, by id.
 */
export async function endSessionsOf(
  store: Store,
  db: Db,
  hosts: readonly number[],
  as: "ENDED" | "FAILED",
  now: number,
): Promise<readonly string[]> {
  const theirs = (eb: ExpressionBuilder<Tables, "sessions">) => eb.and([eb("host", "in", hosts), isOpen]);
  const open = await db
    .selectFrom("sessions")
    .select(["public_id", "zone", "status"])
    .where(theirs)
    .orderBy("id")
    .$if(store.dialect === "postgres", (query) => query.forUpdate())
    .execute();
  if (open.length === 0) return [];
  await db
    .updateTable("session_players")
    .set({ connected: 0 })
    .where(sql<boolean>`connected = 1`)
    .where("session", "in", (eb) => eb.selectFrom("sessions").select("id").where(theirs))
    .execute();
  await db.updateTable("sessions").set({ status: as, current_players: 0, ended_at: now }).where(theirs).execute();
  const active = open.filter(({ status }) => status === "ACTIVE");
  const byZone = [...Map.groupBy(active, ({ zone }) => zone)].sort(([one], [other]) => one - other);
  for (const [zone, ended] of byZone) await addActive(db, zone, -ended.length);
  return open.map((session) => session.public_id);
}

/** Changes how many active sessions a zone has. */
export async function addActive(db: Db, zone: number, more: number): Promise<void> {
  await db
    .updateTable("zones")
    .set((eb) => ({ active_sessions: eb("active_sessions", "+", more) }))
    .where("id", "=", zone)
    .execute();
}
