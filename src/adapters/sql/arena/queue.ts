import { sql } from "kysely";
import type { QueueRecords } from "../../../ports/queue-records.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { Db, Store } from "../store.ts";
import type { QueueEntryRow } from "../tables.ts";
import { contenderColumns, entryOf, sideColumns } from "./rows.ts";

/**
 * The advisory lock of those who join. They come one after the other: with row locks alone, two who look at an empty
 * queue at once would both wait. Whoever sweeps holds it too: it locks many rows, in another order than a join.
 */
const JOIN_LOCK = 7_205_759_405;

/** How many joins of this process may wait for their turn. */
const MAX_JOINS_WAITING = 1_000;

/** A literal, as in the indexes: a parameter could be anything. */
const isWaiting = sql<boolean>`status = 'waiting'`;

/** The arena's queue in SQL. */
export function createQueueRecords(store: Store): QueueRecords {
  const locking = store.dialect === "postgres";
  // SQLite has one connection, and writes what waits for it in one go.
  const inTurn = locking ? oneAtATime(MAX_JOINS_WAITING) : <Result>(work: () => Promise<Result>) => work();

  /** The place of a waiting entry among those that wait; those that have fallen silent do not count. */
  const positionOf = async (db: Db, row: QueueEntryRow, seenSince: number): Promise<number> => {
    const { ahead } = await db
      .selectFrom("queue_entries")
      .select((eb) => eb.fn.countAll<number>().as("ahead"))
      .where(isWaiting)
      .where("seen_at", ">", seenSince)
      .where("id", "<", row.id)
      .executeTakeFirstOrThrow();
    return ahead + 1;
  };

  return {
    join: (request, now, seenSince) =>
      inTurn(() =>
        store.transact(async (db) => {
          if (locking) await sql`SELECT pg_advisory_xact_lock(${JOIN_LOCK})`.execute(db);
          const earlier = await db
            .updateTable("queue_entries")
            .set({ status: "cancelled" })
            .where(isWaiting)
            .where("connect_code", "=", request.connectCode)
            .returning("queue_id")
            .executeTakeFirst();
          const waiter = await db
            .selectFrom("queue_entries")
            .selectAll()
            .where(isWaiting)
            .where("seen_at", ">", seenSince)
            .orderBy("id")
            .limit(1)
            // Whoever leaves or expires right now is passed over.
            .$if(locking, (query) => query.forUpdate())
            .executeTakeFirst();
          const row = await db
            .insertInto("queue_entries")
            .values({
              queue_id: request.queueId,
              ...contenderColumns(request),
              status: waiter === undefined ? "waiting" : "matched",
              match_id: waiter === undefined ? null : request.matchId,
              created_at: now,
              seen_at: now,
            })
            .returningAll()
            .executeTakeFirstOrThrow();
          const cancelled = earlier?.queue_id ?? null;
          if (waiter === undefined) {
            return { entry: entryOf(row, await positionOf(db, row, seenSince)), opponent: null, cancelled };
          }
          await db
            .updateTable("queue_entries")
            .set({ status: "matched", match_id: request.matchId })
            .where("id", "=", waiter.id)
            .execute();
          await db
            .insertInto("matches")
            .values({
              match_id: request.matchId,
              status: "playing",
              ...sideColumns("p1", entryOf(waiter, null)),
              ...sideColumns("p2", request),
              created_at: now,
              active_at: now,
            })
            .execute();
          return { entry: entryOf(row, null), opponent: waiter.queue_id, cancelled };
        }),
      ),

    async see(queueId, now, seenSince) {
      const ofId = (db: Db) => db.selectFrom("queue_entries").selectAll().where("queue_id", "=", queueId);
      const known = await store.read((db) => ofId(db).executeTakeFirst());
      if (known === undefined) return null;
      if (known.status !== "waiting") return entryOf(known, null);
      return store.transact(async (db) => {
        const row = await ofId(db)
          .$if(locking, (query) => query.forUpdate())
          .executeTakeFirstOrThrow();
        if (row.status !== "waiting") return entryOf(row, null);
        const isSilent = row.seen_at <= seenSince;
        const after = await db
          .updateTable("queue_entries")
          .set(isSilent ? { status: "expired" } : { seen_at: Math.max(row.seen_at, now) })
          .where("id", "=", row.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return entryOf(after, isSilent ? null : await positionOf(db, after, seenSince));
      });
    },

    async codeOf(queueId) {
      const row = await store.read((db) =>
        db.selectFrom("queue_entries").select("connect_code").where("queue_id", "=", queueId).executeTakeFirst(),
      );
      return row?.connect_code ?? null;
    },

    cancel: (queueId) =>
      store.transact(async (db) => {
        const row = await db
          .updateTable("queue_entries")
          .set({ status: "cancelled" })
          .where("queue_id", "=", queueId)
          .where(isWaiting)
          .returning("id")
          .executeTakeFirst();
        return row !== undefined;
      }),

    expire: (seenBefore, limit) =>
      store.transact(async (db) => {
        if (locking) await sql`SELECT pg_advisory_xact_lock(${JOIN_LOCK})`.execute(db);
        const silent = await db
          .selectFrom("queue_entries")
          .select(["id", "queue_id"])
          .where(isWaiting)
          .where("seen_at", "<=", seenBefore)
          .orderBy("seen_at")
          .limit(limit)
          .$if(locking, (query) => query.forUpdate())
          .execute();
        if (silent.length === 0) return [];
        await db
          .updateTable("queue_entries")
          .set({ status: "expired" })
          .where(
            "id",
            "in",
            silent.map(({ id }) => id),
          )
          .execute();
        return silent.map(({ queue_id }) => queue_id);
      }),

    async waiting() {
      const { total } = await store.read((db) =>
        db
          .selectFrom("queue_entries")
          .select((eb) => eb.fn.countAll<number>().as("total"))
          .where(isWaiting)
          .executeTakeFirstOrThrow(),
      );
      return total;
    },
  };
}
