import { sql, type ExpressionBuilder } from "kysely";
import type { Opening, SessionRequest } from "../../ports/session-records.ts";
import { hostOf, sessionOf, zoneOf } from "./rows.ts";
import type { Db, Store } from "./store.ts";
import type { HostRow, Tables, ZoneRow } from "./tables.ts";

/** The advisory lock of those who pick a host. */
const PICK_LOCK = 7_205_759_404;

/**
 * Takes a slot of a host and makes the session. The zone is not locked: one that closes while this runs closes just
 * after it.
 */
export async function openSession(store: Store, db: Db, request: SessionRequest, now: number): Promise<Opening> {
  const zone = await db.selectFrom("zones").selectAll().where("zone_id", "=", request.zoneId).executeTakeFirst();
  if (zone === undefined) return { outcome: "no_such_zone" };
  const named = request.hostId === null ? null : await locked(store, db, request.hostId);
  if (named === undefined) return { outcome: "no_such_host" };
  if (zone.status !== "ENABLED" || zone.p2p_enabled !== 1) return { outcome: "zone_closed", zone: zoneOf(zone) };

  const wanted = named === null ? await best(store, db, zone, request.seenSince) : named.id;
  const host = wanted === undefined ? undefined : await takeSlot(db, wanted, zone, request.seenSince);
  if (host === undefined) {
    return named === null
      ? { outcome: "no_host_fits", zone: zoneOf(zone) }
      : { outcome: "host_unfit", host: hostOf(named), zone: zoneOf(zone) };
  }
  const session = await db
    .insertInto("sessions")
    .values({
      public_id: request.publicId,
      host: host.id,
      host_id: host.host_id,
      zone: zone.id,
      zone_id: zone.zone_id,
      status: "PENDING",
      max_players: request.maxPlayers ?? zone.max_players,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { outcome: "opened", session: sessionOf(session) };
}

function locked(store: Store, db: Db, hostId: string): Promise<HostRow | undefined> {
  return db
    .selectFrom("hosts")
    .selectAll()
    .where("host_id", "=", hostId)
    .$if(store.dialect === "postgres", (query) => query.forUpdate())
    .executeTakeFirst();
}

/** What a host must be for a session of the zone. */
function fits(eb: ExpressionBuilder<Tables, "hosts">, zone: ZoneRow, seenSince: number) {
  return eb.and([
    eb("status", "=", "ONLINE"),
    eb("last_seen_at", ">", seenSince),
    eb("quality_score", ">=", zone.min_host_quality_score),
    eb(eb.fn.coalesce("network_speed_mbps", sql<number>`0`), ">=", zone.min_bandwidth_mbps),
    ...(zone.max_latency_ms === null ? [] : [eb("latency_ms", "<=", zone.max_latency_ms)]),
  ]);
}

/**
 * The best host that fits. Those who pick come one after the other, so that each sees which slots the ones before it
 * took; whoever changes a host otherwise is waited for by the row's lock.
 */
async function best(store: Store, db: Db, zone: ZoneRow, seenSince: number): Promise<number | undefined> {
  if (store.dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${PICK_LOCK})`.execute(db);
  const row = await db
    .selectFrom("hosts")
    .select("id")
    .where((eb) => fits(eb, zone, seenSince))
    .orderBy("quality_score", "desc")
    .orderBy("free_zones", "desc")
    .orderBy("latency_ms")
    .orderBy("id")
    .limit(1)
    .$if(store.dialect === "postgres", (query) => query.forUpdate())
    .executeTakeFirst();
  return row?.id;
}

/** Undefined if the host does not fit; a host without a free slot is not ONLINE. */
function takeSlot(db: Db, host: number, zone: ZoneRow, seenSince: number): Promise<HostRow | undefined> {
  return db
    .updateTable("hosts")
    .set((eb) => ({ current_zones: eb("current_zones", "+", 1) }))
    .where("id", "=", host)
    .where((eb) => fits(eb, zone, seenSince))
    .returningAll()
    .executeTakeFirst();
}
