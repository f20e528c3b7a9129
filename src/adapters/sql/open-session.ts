import { sql } from "kysely";
import type { Opening, SessionRequest } from "../../ports/session-records.ts";
import { hostOf, sessionOf, zoneOf } from "./rows.ts";
import type { Fit, SessionStatements } from "./session-statements.ts";
import type { Db } from "./store.ts";
import type { ZoneRow } from "./tables.ts";

/** The advisory lock of those who pick a host. */
const PICK_LOCK = 7_205_759_404;

/**
 * Takes a slot of a host and makes the session. The zone is not locked: one that closes while this runs closes just
 * after it.
 */
export async function openSession(
  statements: SessionStatements,
  db: Db,
  request: SessionRequest,
  now: number,
): Promise<Opening> {
  const [zone] = await statements.zone(db, { zoneId: request.zoneId });
  if (zone === undefined) return { outcome: "no_such_zone" };
  const named = request.hostId === null ? null : (await statements.lockHost(db, { hostId: request.hostId }))[0];
  if (named === undefined) return { outcome: "no_such_host" };
  if (zone.status !== "ENABLED" || zone.p2p_enabled !== 1) return { outcome: "zone_closed", zone: zoneOf(zone) };

  const fit = fitOf(zone, request.seenSince);
  const wanted = named === null ? await best(statements, db, fit) : named.id;
  // None if the host does not fit; one without a free slot is not ONLINE.
  const [host] = wanted === undefined ? [] : await statements.takeSlot(db, { ...fit, id: wanted });
  if (host === undefined) {
    return named === null
      ? { outcome: "no_host_fits", zone: zoneOf(zone) }
      : { outcome: "host_unfit", host: hostOf(named), zone: zoneOf(zone) };
  }
  const [session] = await statements.add(db, {
    publicId: request.publicId,
    host: host.id,
    hostId: host.host_id,
    zone: zone.id,
    zoneId: zone.zone_id,
    maxPlayers: request.maxPlayers ?? zone.max_players,
    now,
  });
  return { outcome: "opened", session: sessionOf(session!) };
}

/** What a host must be for a session of the zone. */
function fitOf(zone: ZoneRow, seenSince: number): Fit {
  return {
    seenSince,
    minQuality: zone.min_host_quality_score,
    minBandwidth: zone.min_bandwidth_mbps,
    maxLatency: zone.max_latency_ms ?? Number.MAX_VALUE,
  };
}

/**
 * The best host that fits. Those who pick come one after the other, so that each sees which slots the ones before it
 * took; whoever changes a host otherwise is waited for by the row's lock.
 */
async function best(statements: SessionStatements, db: Db, fit: Fit): Promise<number | undefined> {
  if (statements.isLocking) await sql`SELECT pg_advisory_xact_lock(${PICK_LOCK})`.execute(db);
  return (await statements.bestHost(db, fit))[0]?.id;
}
