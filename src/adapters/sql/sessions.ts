import { sql } from "kysely";
import type { SessionRecords, SessionRef, Step } from "../../ports/session-records.ts";
import { addActive, isOpen } from "./end-sessions.ts";
import { openSession } from "./open-session.ts";
import { joinSession, leaveSession } from "./players.ts";
import { sessionMetricColumns, sessionOf } from "./rows.ts";
import { lockedSession, sessionRow } from "./session-row.ts";
import type { Db, Store } from "./store.ts";
import type { SessionRow } from "./tables.ts";

/** Sessions in SQL. */
export function createSessionRecords(store: Store): SessionRecords {
  /** Locks a session and takes a step with it. */
  const step = <Outcome extends string>(
    ref: SessionRef,
    take: (db: Db, row: SessionRow) => Promise<Step<Outcome>>,
  ): Promise<Step<Outcome> | null> =>
    store.transact(async (db) => {
      const row = await lockedSession(store, db, ref);
      return row === undefined ? null : take(db, row);
    });

  return {
    open: (request, now) => store.transact((db) => openSession(store, db, request, now)),

    async find(ref) {
      const row = await store.read((db) => sessionRow(db, ref).executeTakeFirst());
      return row === undefined ? null : sessionOf(row);
    },

    async players(session) {
      const rows = await store.read((db) =>
        db
          .selectFrom("session_players")
          .select("player_id")
          .where("session", "=", session)
          .where(sql<boolean>`connected = 1`)
          .orderBy("joined_at")
          .orderBy("id")
          .execute(),
      );
      return rows.map(({ player_id }) => player_id);
    },

    async list({ status, hostId, zoneId, limit, offset }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("sessions")
          .selectAll()
          .$if(status !== undefined, (query) => query.where("status", "=", status!))
          .$if(hostId !== undefined, (query) => query.where("host_id", "=", hostId!))
          .$if(zoneId !== undefined, (query) => query.where("zone_id", "=", zoneId!))
          .orderBy("id", "desc")
          .limit(limit)
          .offset(offset)
          .execute(),
      );
      return rows.map(sessionOf);
    },

    activate: (ref, now) =>
      step(ref, async (db, row) => {
        if (row.status !== "PENDING") return { outcome: "not_pending", session: sessionOf(row) };
        const after = await db
          .updateTable("sessions")
          .set({ status: "ACTIVE", activated_at: now })
          .where("id", "=", row.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        await addActive(db, row.zone, 1);
        return { outcome: "done", session: sessionOf(after) };
      }),

    end: (ref, now) =>
      store.transact(async (db) => {
        const known = await sessionRow(db, ref).executeTakeFirst();
        if (known === undefined) return null;
        // The host's slot first, because hosts are locked before sessions.
        await db
          .selectFrom("hosts")
          .select("id")
          .where("id", "=", known.host)
          .$if(store.dialect === "postgres", (query) => query.forUpdate())
          .execute();
        const row = await lockedSession(store, db, { id: known.id });
        // It was over and past its age, and went while the host was waited for.
        if (row === undefined) return null;
        if (row.status !== "PENDING" && row.status !== "ACTIVE") {
          return { outcome: "not_open" as const, session: sessionOf(row) };
        }
        await db
          .updateTable("session_players")
          .set({ connected: 0 })
          .where("session", "=", row.id)
          .where(sql<boolean>`connected = 1`)
          .execute();
        const after = await db
          .updateTable("sessions")
          .set({ status: "ENDED", current_players: 0, ended_at: now })
          .where("id", "=", row.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        await db
          .updateTable("hosts")
          .set((eb) => ({ current_zones: eb("current_zones", "-", 1) }))
          .where("id", "=", row.host)
          .execute();
        if (row.status === "ACTIVE") await addActive(db, row.zone, -1);
        return { outcome: "done" as const, session: sessionOf(after) };
      }),

    measure: (ref, metrics) =>
      store.transact(async (db) => {
        const row = await lockedSession(store, db, ref);
        if (row === undefined) return null;
        const given = sessionMetricColumns(metrics);
        const columns = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        if (Object.keys(columns).length === 0) return { outcome: "done" as const, session: sessionOf(row) };
        const after = await db
          .updateTable("sessions")
          .set(columns)
          .where("id", "=", row.id)
          .where(isOpen)
          .returningAll()
          .executeTakeFirst();
        return after === undefined
          ? { outcome: "not_open" as const, session: sessionOf(row) }
          : { outcome: "done" as const, session: sessionOf(after) };
      }),

    join: (ref, playerId, now) => step(ref, (db, row) => joinSession(db, row, playerId, now)),
    leave: (ref, playerId) => step(ref, (db, row) => leaveSession(db, row, playerId)),
  };
}
