import { sql } from "kysely";
import type { HostMetrics, HostRecords } from "../../ports/host-records.ts";
import { endSessionsOf } from "./end-sessions.ts";
import { fixedQuery, slots } from "./fixed-query.ts";
import { listInOrder } from "./hosts-in-order.ts";
import { hostMetricColumns, hostOf, registrationColumns } from "./rows.ts";
import type { Db, Store } from "./store.ts";
import type { HostRow } from "./tables.ts";

const NOTHING_MEASURED: HostMetrics = { latencyMs: 0, packetLossPercent: 0, bandwidthUsageMbps: 0, currentPlayers: 0 };

/** What a heartbeat brings, and what a registration does. */
const MEASURED = [
  "latency_ms",
  "packet_loss_percent",
  "bandwidth_usage_mbps",
  "current_players",
  "quality_score",
] as const;
const REGISTERED = [
  ...["player_id", "player_name", "ip_address", "port", "public_ip", "cpu_cores", "cpu_frequency_mhz", "memory_mb"],
  ...["network_speed_mbps", "max_players", "max_zones", "ice_servers"],
] as readonly ColumnOfRegistration[];

type ColumnOfBeat = (typeof MEASURED)[number];
type ColumnOfRegistration = keyof ReturnType<typeof registrationColumns>;

/** What is read of a host when it beats. */
const BEATING = ["id", ...MEASURED, "max_players", "network_speed_mbps", "last_seen_at"] as const;

type Written = { readonly quality_score: number; readonly last_seen_at: number };
type Measured = ReturnType<typeof hostMetricColumns> & Written;
type Registered = Measured & ReturnType<typeof registrationColumns>;
type NewHost = Registered & { readonly host_id: string };
type OfRow<Values> = Values & { readonly id: number };

/** Hosts in SQL. Whoever changes a host locks its row first, so that what `score` saw still holds when it is written. */
export function createHostRecords(store: Store): HostRecords {
  const isLocking = store.dialect === "postgres";
  const ofId = fixedQuery<{ hostId: string }, HostRow>((db, value) =>
    db.selectFrom("hosts").selectAll().where("host_id", "=", value("hostId")),
  );
  const lockedOfId = fixedQuery<{ hostId: string }, HostRow>((db, value) =>
    db
      .selectFrom("hosts")
      .selectAll()
      .where("host_id", "=", value("hostId"))
      .$if(isLocking, (query) => query.forUpdate()),
  );
  const lockedBeating = fixedQuery<{ hostId: string }, Pick<HostRow, (typeof BEATING)[number]>>((db, value) =>
    db
      .selectFrom("hosts")
      .select(BEATING)
      .where("host_id", "=", value("hostId"))
      .$if(isLocking, (query) => query.forUpdate()),
  );
  const lockedRow = async (db: Db, hostId: string): Promise<HostRow | undefined> =>
    (await lockedOfId(db, { hostId }))[0];
  const add = fixedQuery<NewHost, HostRow>((db, value) =>
    db
      .insertInto("hosts")
      .values({
        ...slots<NewHost, ColumnOfRegistration | ColumnOfBeat>(value, [...REGISTERED, ...MEASURED]),
        host_id: value("host_id"),
        created_at: value("last_seen_at"),
        last_seen_at: value("last_seen_at"),
      })
      .onConflict((conflict) => conflict.column("host_id").doNothing())
      .returningAll(),
  );
  const registerAgain = fixedQuery<OfRow<Registered>, Pick<HostRow, "status">>((db, value) =>
    db
      .updateTable("hosts")
      .set({
        ...slots<OfRow<Registered>, keyof Registered>(value, [...REGISTERED, ...MEASURED, "last_seen_at"]),
        alive: 1,
      })
      .where("id", "=", value("id"))
      .returning("status"),
  );
  const noteBeat = fixedQuery<OfRow<Measured>, never>((db, value) =>
    db
      .updateTable("hosts")
      .set({ ...slots<OfRow<Measured>, keyof Measured>(value, [...MEASURED, "last_seen_at"]), alive: 1 })
      .where("id", "=", value("id")),
  );
  const listed = listInOrder(store.dialect, (hosts) => hosts.selectAll("hosts"));
  const summed = listInOrder(store.dialect, (hosts) =>
    hosts.select(["hosts.id", "host_id as hostId", "status", "hosts.quality_score as qualityScore"]),
  );

  return {
    register: (registration, score, now) =>
      store.transact(async (db) => {
        for (;;) {
          const row = await lockedRow(db, registration.hostId);
          if (row !== undefined) {
            const before = hostOf(row);
            // What a host said before it fell silent says nothing of the one that starts anew.
            const { latencyMs, packetLossPercent, bandwidthUsageMbps, currentPlayers } =
              row.alive === 1 ? before : NOTHING_MEASURED;
            const metrics = { latencyMs, packetLossPercent, bandwidthUsageMbps, currentPlayers };
            const changes = {
              ...registrationColumns(registration),
              ...hostMetricColumns(metrics),
              quality_score: score({ ...registration, ...metrics }, before),
              last_seen_at: Math.max(row.last_seen_at, now),
            };
            const [after] = await registerAgain(db, { ...changes, id: row.id });
            return hostOf({ ...row, ...changes, ...after });
          }
          const [added] = await add(db, {
            host_id: registration.hostId,
            ...registrationColumns(registration),
            ...hostMetricColumns(NOTHING_MEASURED),
            quality_score: score({ ...registration, ...NOTHING_MEASURED }, null),
            last_seen_at: now,
          });
          // Undefined: somebody else has just registered it, so that there is a row to lock now.
          if (added !== undefined) return hostOf(added);
        }
      }),

    beat: (hostId, metrics, score, now) =>
      store.transact(async (db) => {
        const [row] = await lockedBeating(db, { hostId });
        if (row === undefined) return null;
        const host = {
          latencyMs: metrics.latencyMs ?? row.latency_ms,
          packetLossPercent: metrics.packetLossPercent ?? row.packet_loss_percent,
          bandwidthUsageMbps: metrics.bandwidthUsageMbps ?? row.bandwidth_usage_mbps,
          currentPlayers: metrics.currentPlayers ?? row.current_players,
          maxPlayers: row.max_players,
          networkSpeedMbps: row.network_speed_mbps,
        };
        const after = score(host);
        await noteBeat(db, {
          id: row.id,
          ...hostMetricColumns(host),
          quality_score: after,
          last_seen_at: Math.max(row.last_seen_at, now),
        });
        return after;
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
      const [row] = await store.read((db) => ofId(db, { hostId }));
      return row === undefined ? null : hostOf(row);
    },

    list: async (filter) => (await store.read((db) => listed(db, filter))).map(hostOf),
    summaries: (filter) => store.read((db) => summed(db, filter)),

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
