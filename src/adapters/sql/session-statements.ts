import { sql } from "kysely";
import {
  sessionStatuses,
  type SessionFilter,
  type SessionRef,
  type SessionStatus,
} from "../../ports/session-records.ts";
import type { DialectName } from "./dialect.ts";
import { filteredQuery, fixedQuery, type FixedQuery } from "./fixed-query.ts";
import type { Db } from "./store.ts";
import type { HostRow, SessionRow, ZoneRow } from "./tables.ts";

/** What a host must have for a session of a zone. */
export interface Fit {
  readonly seenSince: number;
  readonly minQuality: number;
  readonly minBandwidth: number;
  /** The largest number there is where the zone sets no limit. */
  readonly maxLatency: number;
}

/** What `sessionMetricColumns` makes of all metrics. */
type MetricColumns = {
  readonly [Name in "average_latency_ms" | "average_packet_loss_percent" | "bandwidth_usage_mbps"]: number;
} & { readonly quality_score: number | null };

/** A list by status has an index for sessions that are open and one for those that are over, so the status is a literal. */
function listOf(dialect: DialectName, status: SessionStatus | undefined): FixedQuery<SessionFilter, SessionRow> {
  return filteredQuery<SessionFilter, SessionRow>(["hostId", "zoneId"], (db, value, has) =>
    db
      .selectFrom("sessions")
      .selectAll()
      .$if(status !== undefined, (query) => query.where("status", "=", sql.lit(status!)))
      .$if(has("hostId"), (query) => query.where("host_id", "=", value("hostId")))
      .$if(has("zoneId"), (query) =>
        // SQLite takes the zone's index of two, and reads the whole zone for one host; + keeps it from that.
        dialect === "sqlite" && has("hostId") && status === undefined
          ? query.where(sql<string>`+zone_id`, "=", value("zoneId"))
          : query.where("zone_id", "=", value("zoneId")),
      )
      .orderBy("id", "desc")
      .limit(value("limit"))
      .offset(value("offset")),
  );
}

/** The statements that sessions live by; those that lock do so where others could come between. */
export type SessionStatements = ReturnType<typeof sessionStatements>;

export function sessionStatements(dialect: DialectName) {
  const isLocking = dialect === "postgres";
  const byId = fixedQuery<{ id: number }, SessionRow>((db, value) =>
    db.selectFrom("sessions").selectAll().where("id", "=", value("id")),
  );
  const byPublicId = fixedQuery<{ publicId: string }, SessionRow>((db, value) =>
    db.selectFrom("sessions").selectAll().where("public_id", "=", value("publicId")),
  );
  const lockedById = fixedQuery<{ id: number }, SessionRow>((db, value) =>
    db
      .selectFrom("sessions")
      .selectAll()
      .where("id", "=", value("id"))
      .$if(isLocking, (query) => query.forUpdate()),
  );
  const lockedByPublicId = fixedQuery<{ publicId: string }, SessionRow>((db, value) =>
    db
      .selectFrom("sessions")
      .selectAll()
      .where("public_id", "=", value("publicId"))
      .$if(isLocking, (query) => query.forUpdate()),
  );
  const lists = new Map([undefined, ...sessionStatuses].map((status) => [status, listOf(dialect, status)]));

  return {
    isLocking,
    async find(db: Db, ref: SessionRef): Promise<SessionRow | undefined> {
      return ("id" in ref ? await byId(db, ref) : await byPublicId(db, ref))[0];
    },
    async lock(db: Db, ref: SessionRef): Promise<SessionRow | undefined> {
      return ("id" in ref ? await lockedById(db, ref) : await lockedByPublicId(db, ref))[0];
    },
    list: (db: Db, filter: SessionFilter) => lists.get(filter.status)!(db, filter),
    connected: fixedQuery<{ session: number }, { readonly player_id: string }>((db, value) =>
      db
        .selectFrom("session_players")
        .select("player_id")
        .where("session", "=", value("session"))
        .where(sql<boolean>`connected = 1`)
        .orderBy("joined_at")
        .orderBy("id"),
    ),

    zone: fixedQuery<{ zoneId: string }, ZoneRow>((db, value) =>
      db.selectFrom("zones").selectAll().where("zone_id", "=", value("zoneId")),
    ),
    lockHost: fixedQuery<{ hostId: string }, HostRow>((db, value) =>
      db
        .selectFrom("hosts")
        .selectAll()
        .where("host_id", "=", value("hostId"))
        .$if(isLocking, (query) => query.forUpdate()),
    ),
    lockHostRow: fixedQuery<{ id: number }, unknown>((db, value) =>
      db
        .selectFrom("hosts")
        .select("id")
        .where("id", "=", value("id"))
        .$if(isLocking, (query) => query.forUpdate()),
    ),
    bestHost: fixedQuery<Fit, { readonly id: number }>((db, value) =>
      db
        .selectFrom("hosts")
        .select("id")
        .where("status", "=", "ONLINE")
        .where("last_seen_at", ">", value("seenSince"))
        .where("quality_score", ">=", value("minQuality"))
        .where((eb) => eb(eb.fn.coalesce("network_speed_mbps", sql<number>`0`), ">=", value("minBandwidth")))
        .where("latency_ms", "<=", value("maxLatency"))
        .orderBy("quality_score", "desc")
        .orderBy("free_zones", "desc")
        .orderBy("latency_ms")
        .orderBy("id")
        .limit(1)
        .$if(isLocking, (query) => query.forUpdate()),
    ),
    takeSlot: fixedQuery<Fit & { readonly id: number }, Pick<HostRow, "id" | "host_id">>((db, value) =>
      db
        .updateTable("hosts")
        .set((eb) => ({ current_zones: eb("current_zones", "+", 1) }))
        .where("id", "=", value("id"))
        .where("status", "=", "ONLINE")
        .where("last_seen_at", ">", value("seenSince"))
        .where("quality_score", ">=", value("minQuality"))
        .where((eb) => eb(eb.fn.coalesce("network_speed_mbps", sql<number>`0`), ">=", value("minBandwidth")))
        .where("latency_ms", "<=", value("maxLatency"))
        .returning(["id", "host_id"]),
    ),
    giveSlotBack: fixedQuery<{ id: number }, never>((db, value) =>
      db
        .updateTable("hosts")
        .set((eb) => ({ current_zones: eb("current_zones", "-", 1) }))
        .where("id", "=", value("id")),
    ),
    add: fixedQuery<NewSession, SessionRow>((db, value) =>
      db
        .insertInto("sessions")
        .values({
          public_id: value("publicId"),
          host: value("host"),
          host_id: value("hostId"),
          zone: value("zone"),
          zone_id: value("zoneId"),
          status: "PENDING",
          max_players: value("maxPlayers"),
          created_at: value("now"),
          empty_since: value("now"),
        })
        .returningAll(),
    ),

    activate: fixedQuery<{ id: number; now: number }, never>((db, value) =>
      db
        .updateTable("sessions")
        .set({ status: "ACTIVE", activated_at: value("now") })
        .where("id", "=", value("id")),
    ),
    end: fixedQuery<{ id: number; now: number }, never>((db, value) =>
      db
        .updateTable("sessions")
        .set({ status: "ENDED", current_players: 0, ended_at: value("now") })
        .where("id", "=", value("id")),
    ),
    disconnectAll: fixedQuery<{ session: number }, never>((db, value) =>
      db
        .updateTable("session_players")
        .set({ connected: 0 })
        .where("session", "=", value("session"))
        .where(sql<boolean>`connected = 1`),
    ),
    addActive: fixedQuery<{ zone: number; more: number }, never>((db, value) =>
      db
        .updateTable("zones")
        .set((eb) => ({ active_sessions: eb("active_sessions", "+", value("more")) }))
        .where("id", "=", value("zone")),
    ),
    measure: fixedQuery<MetricColumns & { readonly id: number }, never>((db, value) =>
      db
        .updateTable("sessions")
        .set({
          average_latency_ms: value("average_latency_ms"),
          average_packet_loss_percent: value("average_packet_loss_percent"),
          bandwidth_usage_mbps: value("bandwidth_usage_mbps"),
          quality_score: value("quality_score"),
        })
        .where("id", "=", value("id")),
    ),

    player: fixedQuery<Place, { readonly id: number; readonly connected: number }>((db, value) =>
      db
        .selectFrom("session_players")
        .select(["id", "connected"])
        .where("session", "=", value("session"))
        .where("player_id", "=", value("playerId")),
    ),
    addPlayer: fixedQuery<Place & { readonly now: number }, never>((db, value) =>
      db
        .insertInto("session_players")
        .values({ session: value("session"), player_id: value("playerId"), connected: 1, joined_at: value("now") }),
    ),
    connect: fixedQuery<{ id: number; now: number }, never>((db, value) =>
      db
        .updateTable("session_players")
        .set({ connected: 1, joined_at: value("now") })
        .where("id", "=", value("id")),
    ),
    countPlayer: fixedQuery<{ id: number }, never>((db, value) =>
      db
        .updateTable("sessions")
        .set((eb) => ({ current_players: eb("current_players", "+", 1), empty_since: null }))
        .where("id", "=", value("id")),
    ),
    serveOneMore: fixedQuery<{ zone: number }, never>((db, value) =>
      db
        .updateTable("zones")
        .set((eb) => ({ total_players_served: eb("total_players_served", "+", 1) }))
        .where("id", "=", value("zone")),
    ),
  };
}

interface NewSession {
  readonly publicId: string;
  readonly host: number;
  readonly hostId: string;
  readonly zone: number;
  readonly zoneId: string;
  readonly maxPlayers: number;
  readonly now: number;
}

interface Place {
  readonly session: number;
  readonly playerId: string;
}
