import { sql } from "kysely";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { createRecords } from "../../src/adapters/sql/records.ts";
import { openSqlite } from "../../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";

/** Where a server's records are: a folder for SQLite, or a PostgreSQL. */
export type Place = { readonly folder: string } | { readonly url: string };

/**
 * Puts `count` hosts, zones and sessions where a server that is started afterwards finds them. Of each kind some are as a
 * list asks for them: half of the hosts are online, ten zones are in maintenance, and a tenth of the sessions is active.
 */
export async function fillCoordinator(place: Place, count: number): Promise<void> {
  const store = "folder" in place ? openSqlite(place) : openPostgres(place);
  try {
    const { migrations } = createRecords(store, systemClock, systemRandom);
    await migrations.apply();
    await store.transact(async (db) => {
      // The rows' triggers would add them up one by one at COMMIT.
      if (store.dialect === "postgres") await sql`SET LOCAL session_replication_role = replica`.execute(db);
      for (const statement of statements(store.dialect, count)) await sql.raw(statement).execute(db);
    });
  } finally {
    await store.close();
  }
}

function statements(dialect: Store["dialect"], count: number): readonly string[] {
  const isSqlite = dialect === "sqlite";
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
  const [before, series] = isSqlite ? [numbers, "numbers"] : ["", `generate_series(1, ${count}) AS numbers (n)`];
  const now = Date.now();
  return [
    `INSERT INTO hosts (host_id, player_id, player_name, ip_address, port, network_speed_mbps, max_players, max_zones,
       ice_servers, latency_ms, packet_loss_percent, bandwidth_usage_mbps, current_players, quality_score, alive,
       created_at, last_seen_at)
     ${before} SELECT 'host-' || n, 'player-' || n, 'Player ' || n, '192.168.1.100', 8080, 1000, 50, 5, '[]', n % 90, 0,
       0, 0, n % 101, n % 2, ${now}, ${now} FROM ${series}`,
    `INSERT INTO zones (zone_id, zone_name, zone_display_name, map_name, max_players, recommended_players, p2p_enabled,
       p2p_priority, min_host_quality_score, min_bandwidth_mbps, status, created_at)
     ${before} SELECT 'zone-' || n, 'Zone ' || n, 'Zone ' || n, 'map', 100, 50, n % 2, n % 10, 0, 0,
       CASE WHEN n <= 10 THEN 'MAINTENANCE' ELSE 'ENABLED' END, ${now} FROM ${series}`,
    `INSERT INTO sessions (public_id, host, host_id, zone, zone_id, status, max_players, created_at, ended_at)
     ${before} SELECT 'session-' || n, n, 'host-' || n, 1, 'zone-1', CASE n % 10 WHEN 0 THEN 'ACTIVE' ELSE 'ENDED' END,
       50, ${now}, CASE n % 10 WHEN 0 THEN NULL ELSE ${now} END FROM ${series}`,
    // As PostgreSQL does by itself.
    ...(isSqlite ? [] : ["ANALYZE hosts", "ANALYZE zones", "ANALYZE sessions"]),
  ];
}
