import { sql } from "kysely";
import type { RetentionRecords } from "../../../ports/retention-records.ts";
import type { Store } from "../store.ts";
import { pruneMatches } from "./matches.ts";
import { pruneSessions } from "./sessions.ts";

/** Literals, as in the indexes: a parameter could be anything. */
const isSilent = sql<boolean>`alive = 0 AND maintenance = 0`;
const hasLeft = sql<boolean>`status IN ('cancelled', 'expired')`;

/** Retention in SQL: each step picks its rows, locks them, and removes those. */
export function createRetentionRecords(store: Store): RetentionRecords {
  const locking = store.dialect === "postgres";

  return {
    hosts: ({ before, limit }) =>
      store.transact(async (db) => {
        const gone = await db
          .selectFrom("hosts")
          .select("id")
          .where(isSilent)
          .where("last_seen_at", "<=", before)
          .orderBy("last_seen_at")
          .limit(limit)
          .$if(locking, (query) => query.forUpdate().skipLocked())
          .execute();
        if (gone.length > 0) await db.deleteFrom("hosts").where("id", "in", idsOf(gone)).execute();
        return gone.length;
      }),

    sessions: (aged) => store.transact((db) => pruneSessions(store, db, aged)),

    entries: ({ before, limit }) =>
      store.transact(async (db) => {
        const gone = await db
          .selectFrom("queue_entries")
          .select("id")
          .where(hasLeft)
          .where("seen_at", "<=", before)
          .orderBy("seen_at")
          .limit(limit)
          .$if(locking, (query) => query.forUpdate().skipLocked())
          .execute();
        if (gone.length > 0) await db.deleteFrom("queue_entries").where("id", "in", idsOf(gone)).execute();
        return gone.length;
      }),

    matches: (aged) => store.transact((db) => pruneMatches(store, db, aged)),

    ratings: ({ before, limit }) =>
      store.transact(async (db) => {
        const gone = await db
          .selectFrom("agents")
          .select("id")
          .where("rated_at", "<=", before)
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom("rating_changes")
                  .select("id")
                  .whereRef("rating_changes.agent_id", "=", "agents.agent_id"),
              ),
            ),
          )
          .orderBy("rated_at")
          .limit(limit)
          .$if(locking, (query) => query.forUpdate().skipLocked())
          .execute();
        if (gone.length > 0) await db.deleteFrom("agents").where("id", "in", idsOf(gone)).execute();
        return gone.length;
      }),

    audit: ({ before, limit }) =>
      store.transact(async (db) => {
        const gone = await db
          .selectFrom("audit_entries")
          .select("id")
          .where("at", "<=", before)
          .orderBy("at")
          .limit(limit)
          .$if(locking, (query) => query.forUpdate().skipLocked())
          .execute();
        if (gone.length > 0) await db.deleteFrom("audit_entries").where("id", "in", idsOf(gone)).execute();
        return gone.length;
      }),
  };
}

function idsOf(rows: readonly { readonly id: number }[]): readonly number[] {
  return rows.map(({ id }) => id);
}
