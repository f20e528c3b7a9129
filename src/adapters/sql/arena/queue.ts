import { sql } from "kysely";
import type { EntryStatus, Joined, Place, QueueRecords } from "../../../ports/queue-records.ts";
import { fixedQuery } from "../fixed-query.ts";
import { gathered } from "../gathered.ts";
import { inBatches } from "../in-batches.ts";
import type { Db, Store } from "../store.ts";
import type { QueueEntryRow } from "../tables.ts";
import { isWaiting, queueJoiner, type Join } from "./join-queue.ts";
import { createPlaces } from "./places.ts";
import { entryOf } from "./rows.ts";

/**
 * The advisory lock of those who join. They come one after the other: with row locks alone, two who look at an empty
 * queue at once would both wait. Whoever sweeps holds it too: it locks many rows, in another order than a join.
 */
const JOIN_LOCK = 7_205_759_405;

/** How many joins of this process may wait for their turn, where others wait for the lock and where nobody else does. */
const MAX_JOINS_WAITING = { postgres: 1_000, sqlite: 8_192 } as const;

/** How many of them share a transaction: as long as it runs, nobody else joins. */
const MAX_JOINS_TOGETHER = 128;

/** The arena's queue in SQL. */
export function createQueueRecords(store: Store): QueueRecords {
  const locking = store.dialect === "postgres";
  const places = createPlaces(store);
  const lockedOfId = fixedQuery<{ queueId: string }, QueueEntryRow>((db, value) =>
    db
      .selectFrom("queue_entries")
      .selectAll()
      .where("queue_id", "=", value("queueId"))
      .$if(locking, (query) => query.forUpdate()),
  );
  const noteSeen = fixedQuery<{ id: number; status: EntryStatus; seenAt: number }, unknown>((db, value) =>
    db
      .updateTable("queue_entries")
      .set({ status: value("status"), seen_at: value("seenAt") })
      .where("id", "=", value("id")),
  );
  const countAhead = fixedQuery<{ id: number; seenSince: number }, { ahead: number }>((db, value) =>
    db
      .selectFrom("queue_entries")
      .select((eb) => eb.fn.countAll<number>().as("ahead"))
      .where(isWaiting)
      .where("seen_at", ">", value("seenSince"))
      .where("id", "<", value("id")),
  );
  const anySilent = fixedQuery<{ seenBefore: number }, { id: number }>((db, value) =>
    db.selectFrom("queue_entries").select("id").where(isWaiting).where("seen_at", "<=", value("seenBefore")).limit(1),
  );
  /** The place of a waiting entry among those that wait; those that have fallen silent do not count. */
  const positionOf = async (db: Db, row: QueueEntryRow, seenSince: number): Promise<number> => {
    const [count] = await countAhead(db, { id: row.id, seenSince });
    return count!.ahead + 1;
  };

  /** Sees an entry that was found waiting. */
  const keep = (queueId: string, now: number, seenSince: number): Promise<Place | null> =>
    store.transact(async (db) => {
      const [row] = await lockedOfId(db, { queueId });
      // Forgotten meanwhile.
      if (row === undefined) return null;
      if (row.status !== "waiting") return places.settled(db, row);
      const isSilent = row.seen_at <= seenSince;
      const status = isSilent ? "expired" : "waiting";
      const seenAt = isSilent ? row.seen_at : Math.max(row.seen_at, now);
      const after: QueueEntryRow = { ...row, status, seen_at: seenAt };
      await noteSeen(db, { id: row.id, status, seenAt });
      return { entry: entryOf(after, isSilent ? null : await positionOf(db, after, seenSince)), match: null };
    });

  const joinQueue = queueJoiner(store.dialect);
  const bounds = { largest: MAX_JOINS_TOGETHER, mostWaiting: MAX_JOINS_WAITING[store.dialect] };
  const lock = sql`SELECT pg_advisory_xact_lock(${JOIN_LOCK})`;
  const batches = inBatches(bounds, (joins: readonly Join[]): Promise<readonly Joined[]> =>
    store.transact(async (db) => {
      await lock.execute(db);
      return joinQueue(db, joins);
    }),
  );
  // SQLite has one writer, who takes along whoever has come when it is its turn.
  const joinInTurn = gathered(bounds, (joins: () => readonly Join[]): Promise<readonly Joined[]> =>
    store.transact((db) => joinQueue(db, joins())),
  );

  return {
    join: (request, now, seenSince) => (locking ? batches.add : joinInTurn)({ request, now, seenSince }),

    async see(queueId, now, seenSince) {
      const known = await places.find(queueId);
      return known?.entry.status === "waiting" ? await keep(queueId, now, seenSince) : known;
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

    // In turn with this process' joins, so that it waits for the lock, and holds it, on one connection at most.
    async expire(seenBefore, limit) {
      // Mostly there are none, which can be seen without the lock, and without writing.
      if ((await store.read((db) => anySilent(db, { seenBefore }))).length === 0) return [];
      return batches.between(() =>
        store.transact(async (db) => {
          if (locking) await lock.execute(db);
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
      );
    },

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
