import type { SessionRecords, SessionRef, Step } from "../../ports/session-records.ts";
import { endAbandoned } from "./end-sessions.ts";
import { openSession } from "./open-session.ts";
import { joinSession, leaveSession } from "./players.ts";
import { sessionMetricColumns, sessionOf } from "./rows.ts";
import { sessionStatements } from "./session-statements.ts";
import type { Db, Store } from "./store.ts";
import type { SessionRow } from "./tables.ts";

/** Sessions in SQL. */
export function createSessionRecords(store: Store): SessionRecords {
  const statements = sessionStatements(store.dialect);

  /** Locks a session and takes a step with it. */
  const step = <Outcome extends string>(
    ref: SessionRef,
    take: (db: Db, row: SessionRow) => Promise<Step<Outcome>>,
  ): Promise<Step<Outcome> | null> =>
    store.transact(async (db) => {
      const row = await statements.lock(db, ref);
      return row === undefined ? null : take(db, row);
    });

  /** A session and its host's row, both locked where others could come between: hosts are locked before sessions. */
  const lockedWithHost = async (db: Db, ref: SessionRef): Promise<SessionRow | undefined> => {
    if (!statements.isLocking) return statements.find(db, ref);
    const known = await statements.find(db, ref);
    if (known === undefined) return undefined;
    await statements.lockHostRow(db, { id: known.host });
    return statements.lock(db, { id: known.id });
  };

  return {
    open: (request, now) => store.transact((db) => openSession(statements, db, request, now)),

    async find(ref) {
      const row = await store.read((db) => statements.find(db, ref));
      return row === undefined ? null : sessionOf(row);
    },

    async players(session) {
      const rows = await store.read((db) => statements.connected(db, { session }));
      return rows.map(({ player_id }) => player_id);
    },

    list: async (filter) => (await store.read((db) => statements.list(db, filter))).map(sessionOf),

    activate: (ref, now) =>
      step(ref, async (db, row) => {
        if (row.status !== "PENDING") return { outcome: "not_pending", session: sessionOf(row) };
        await statements.activate(db, { id: row.id, now });
        await statements.addActive(db, { zone: row.zone, more: 1 });
        return { outcome: "done", session: sessionOf({ ...row, status: "ACTIVE" }) };
      }),

    end: (ref, now) =>
      store.transact(async (db) => {
        const row = await lockedWithHost(db, ref);
        if (row === undefined) return null;
        if (row.status !== "PENDING" && row.status !== "ACTIVE") {
          return { outcome: "not_open" as const, session: sessionOf(row) };
        }
        await statements.disconnectAll(db, { session: row.id });
        await statements.end(db, { id: row.id, now });
        await statements.giveSlotBack(db, { id: row.host });
        if (row.status === "ACTIVE") await statements.addActive(db, { zone: row.zone, more: -1 });
        return { outcome: "done" as const, session: sessionOf({ ...row, status: "ENDED", current_players: 0 }) };
      }),

    measure: (ref, metrics) =>
      step(ref, async (db, row) => {
        if (row.status !== "PENDING" && row.status !== "ACTIVE") {
          return { outcome: "not_open", session: sessionOf(row) };
        }
        const given = Object.entries(sessionMetricColumns(metrics)).filter(([, value]) => value !== undefined);
        if (given.length === 0) return { outcome: "done", session: sessionOf(row) };
        const after: SessionRow = { ...row, ...Object.fromEntries(given) };
        await statements.measure(db, after);
        return { outcome: "done", session: sessionOf(after) };
      }),

    join: (ref, playerId, now) => step(ref, (db, row) => joinSession(statements, db, row, playerId, now)),
    leave: (ref, playerId, now) => step(ref, (db, row) => leaveSession(db, row, playerId, now)),
    endAbandoned: (emptySince, now, limit) => endAbandoned(store, emptySince, now, limit),
  };
}
