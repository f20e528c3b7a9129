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

/**
 * Ends sessions that nobody came to. Locks in the same order as all others, but waits for nobody: whoever holds a host or
 * a session is about to change it, and the next sweep sees.
 */
export async function endAbandoned(
  store: Store,
  emptySince: number,
  now: number,
  limit: number,
): Promise<readonly string[]> {
  const isLocking = store.dialect === "postgres";
  const abandoned = (db: Db) =>
    db
      .selectFrom("sessions")
      // A literal, as in the index: a parameter could be anything.
      .where(sql<boolean>`status = 'PENDING'`)
      .where("empty_since", "<=", emptySince)
      // What a node of an older version does to a session is in these alone.
      .where("created_at", "<=", emptySince)
      .where("current_players", "=", 0);
  const seen = await store.read((db) =>
    abandoned(db).select(["id", "host"]).orderBy("empty_since").limit(limit).execute(),
  );
  if (seen.length === 0) return [];
  return store.transact(async (db) => {
    const hosts = await db
      .selectFrom("hosts")
      .select("id")
      .where("id", "in", [...new Set(seen.map(({ host }) => host))])
      .orderBy("id")
      .$if(isLocking, (query) => query.forUpdate().skipLocked())
      .execute();
    if (hosts.length === 0) return [];
    const ending = await abandoned(db)
      .select(["id", "public_id", "host"])
      .where("id", "in", idsOf(seen))
      .where("host", "in", idsOf(hosts))
      .orderBy("id")
      .$if(isLocking, (query) => query.forUpdate().skipLocked())
      .execute();
    if (ending.length === 0) return [];
    await db
      .updateTable("sessions")
      .set({ status: "FAILED", ended_at: now })
      .where("id", "in", idsOf(ending))
      .execute();
    const byHost = [...Map.groupBy(ending, ({ host }) => host)];
    for (const [slots, those] of Map.groupBy(byHost, ([, ended]) => ended.length)) {
      const ids = those.map(([host]) => host);
      await db
        .updateTable("hosts")
        .set((eb) => ({ current_zones: eb("current_zones", "-", slots) }))
        .where("id", "in", ids)
        .execute();
    }
    return ending.map((session) => session.public_id);
  });
}

function idsOf(rows: readonly { readonly id: number }[]): readonly number[] {
  return rows.map(({ id }) => id);
}

/** Changes how many active sessions a zone has. */
export async function addActive(db: Db, zone: number, more: number): Promise<void> {
  await db
    .updateTable("zones")
    .set((eb) => ({ active_sessions: eb("active_sessions", "+", more) }))
    .where("id", "=", zone)
    .execute();
}
