import { sql } from "kysely";
import type { HostMetrics, HostRecords } from "../../ports/host-records.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { hostMetricColumns, hostOf, registrationColumns } from "./rows.ts";
import type { Db, Store } from "./store.ts";
import type { HostRow } from "./tables.ts";

const NOTHING_MEASURED: HostMetrics = { latencyMs: 0, packetLossPercent: 0, bandwidthUsageMbps: 0, currentPlayers: 0 };

/** Hosts in SQL. Whoever changes a host locks its row first, so that what `score` saw still holds when it is written. */
export function createHostRecords(store: Store): HostRecords {
  const rowOf = (db: Db, hostId: string) => db.selectFrom("hosts").selectAll().where("host_id", "=", hostId);
  const lockedRow = (db: Db, hostId: string): Promise<HostRow | undefined> =>
    rowOf(db, hostId)
      .$if(store.dialect === "postgres", (query) => query.forUpdate())
      .executeTakeFirst();

  return {
    register: (registration, score, now) =>
      store.transact(async (db) => {
        for (;;) {
          const row = await lockedRow(db, registration.hostId);
          if (row !== undefined) {
            const before = hostOf(row);
            const { latencyMs, packetLossPercent, bandwidthUsageMbps, currentPlayers } = before;
            const metrics = { latencyMs, packetLossPercent, bandwidthUsageMbps, currentPlayers };
            const after = await db
              .updateTable("hosts")
              .set({
                ...registrationColumns(registration),
                quality_score: score({ ...registration, ...metrics }, before),
                alive: 1,
                last_seen_at: Math.max(row.last_seen_at, now),
              })
              .where("id", "=", row.id)
              .returningAll()
              .executeTakeFirstOrThrow();
            return hostOf(after);
          }
          const added = await db
            .insertInto("hosts")
            .values({
              host_id: registration.hostId,
              ...registrationColumns(registration),
              ...hostMetricColumns(NOTHING_MEASURED),
              quality_score: score({ ...registration, ...NOTHING_MEASURED }, null),
              created_at: now,
              last_seen_at: now,
            })
            .onConflict((conflict) => conflict.column("host_id").doNothing())
            .returningAll()
            .executeTakeFirst();
          // Undefined: somebody else has just registered it, so that there is a row to lock now.
          if (added !== undefined) return hostOf(added);
        }
      }),

    beat: (hostId, metrics, score, now) =>
      store.transact(async (db) => {
        const row = await lockedRow(db, hostId);
        if (row === undefined) return null;
        const before = hostOf(row);
        const host = { ...before, ...metrics };
        const after = await db
          .updateTable("hosts")
          .set({
            ...hostMetricColumns(host),
            quality_score: score(host, before),
            alive: 1,
            last_seen_at: Math.max(row.last_seen_at, now),
          })
          .where("id", "=", row.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return hostOf(after);
      }),

    setMaintenance: (hostId, on) =>
      store.transact(async (db) => {
        const row = await db
          .updateTable("hosts")
          .set({ maintenance: on ? 1 : 0 })
          .where("host_id", "=", hostId)
          .returningAll()
          .executeTakeFirst();
        return row === undefined ? null : hostOf(row);
      }),

    remove: (hostId, now) =>
      store.transact(async (db) => {
        const row = await lockedRow(db, hostId);
        if (row === undefined) return null;
        const ended = await endSessionsOf(store, db, [row.id], "ENDED", now);
        await db.deleteFrom("hosts").where("id", "=", row.id).execute();
        return ended;
      }),

    async find(hostId) {
      const row = await store.read((db) => rowOf(db, hostId).executeTakeFirst());
      return row === undefined ? null : hostOf(row);
    },

    async list({ status, minQualityScore, limit, offset }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("hosts")
          .selectAll()
          .$if(status !== undefined, (query) => query.where("status", "=", status!))
          .$if(minQualityScore !== undefined, (query) => query.where("quality_score", ">=", minQualityScore!))
          .orderBy("quality_score", "desc")
          .orderBy("free_zones", "desc")
          .orderBy("latency_ms")
          .orderBy("id")
          .limit(limit)
          .offset(offset)
          .execute(),
      );
      return rows.map(hostOf);
    },

    endSilent: (seenBefore, now, limit) =>
      store.transact(async (db) => {
        const silent = await db
          .selectFrom("hosts")
          .select("id")
          // A literal, as in the index: a parameter could be anything.
          .where(sql<boolean>`alive = 1`)
          .where("last_seen_at", "<=", seenBefore)
          .orderBy("last_seen_at")
          .limit(limit)
          // One that is locked is beating or being swept elsewhere; the next sweep sees.
          .$if(store.dialect === "postgres", (query) => query.forUpdate().skipLocked())
          .execute();
        if (silent.length === 0) return { hosts: 0, sessions: [] };
        const ids = silent.map(({ id }) => id);
        const sessions = await endSessionsOf(store, db, ids, "FAILED", now);
        await db.updateTable("hosts").set({ alive: 0, current_zones: 0 }).where("id", "in", ids).execute();
        return { hosts: ids.length, sessions };
      }),
  };
}
