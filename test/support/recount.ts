import { expect } from "bun:test";
import { sql } from "kysely";
import type { Store } from "../../src/adapters/sql/store.ts";
import type { Tallies, TallyCounts } from "../../src/ports/tallies.ts";

/** Counts everything from the rows themselves, the slow way. */
export async function recount(store: Store): Promise<TallyCounts> {
  const one = async (query: string): Promise<Record<string, number>> => {
    const { rows } = await store.read((db) => sql.raw<Record<string, number>>(query).execute(db));
    return Object.fromEntries(Object.entries(rows[0]!).map(([name, value]) => [name, Number(value ?? 0)]));
  };
  const inside = (condition: string): string => `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
  const online = "status IN ('ONLINE', 'BUSY')";
  const hosts = await one(`SELECT COUNT(*) AS total, ${inside(online)} AS online,
    SUM(CASE WHEN ${online} THEN quality_score ELSE 0 END) AS sum,
    ${inside(`${online} AND quality_score >= 90`)} AS excellent,
    ${inside(`${online} AND quality_score >= 70 AND quality_score < 90`)} AS good,
    ${inside(`${online} AND quality_score >= 50 AND quality_score < 70`)} AS fair,
    ${inside(`${online} AND quality_score < 50`)} AS poor FROM hosts`);
  const zones = await one(`SELECT COUNT(*) AS total, ${inside("status = 'ENABLED'")} AS enabled FROM zones`);
  const sessions = await one(`SELECT COUNT(*) AS total, ${inside("status = 'ACTIVE'")} AS active,
    SUM(CASE WHEN status = 'ACTIVE' THEN ROUND(average_latency_ms * 1000) ELSE 0 END) AS latency FROM sessions`);
  const players = await one("SELECT COUNT(*) AS connected FROM session_players WHERE connected = 1");
  const { excellent, good, fair, poor } = hosts as Record<string, number> & Record<"excellent", number>;
  return {
    hosts: {
      total: hosts["total"]!,
      online: hosts["online"]!,
      qualitySum: Math.round(hosts["sum"]! * 100) / 100,
      excellent,
      good: good!,
      fair: fair!,
      poor: poor!,
    },
    zones: { total: zones["total"]!, enabled: zones["enabled"]! },
    sessions: {
      total: sessions["total"]!,
      active: sessions["active"]!,
      players: players["connected"]!,
      latencySumMs: sessions["latency"]! / 1000,
    },
  };
}

/** What a row says of itself, beside what there really is. */
const COUNTERS: Readonly<Record<string, string>> = {
  "a host's current_zones are its open sessions": `
    SELECT h.host_id AS name, h.current_zones AS said,
      (SELECT COUNT(*) FROM sessions s WHERE s.host = h.id AND s.status IN ('PENDING', 'ACTIVE')) AS counted
    FROM hosts h`,
  "a zone's active_sessions are its ACTIVE sessions": `
    SELECT z.zone_id AS name, z.active_sessions AS said,
      (SELECT COUNT(*) FROM sessions s WHERE s.zone = z.id AND s.status = 'ACTIVE') AS counted
    FROM zones z`,
  "a zone's total_players_served are all who ever joined its sessions": `
    SELECT z.zone_id AS name, z.total_players_served AS said,
      z.players_forgotten +
      (SELECT COUNT(*) FROM session_players p JOIN sessions s ON s.id = p.session WHERE s.zone = z.id) AS counted
    FROM zones z`,
  "a session's current_players are those connected": `
    SELECT s.public_id AS name, s.current_players AS said,
      (SELECT COUNT(*) FROM session_players p WHERE p.session = s.id AND p.connected = 1) AS counted
    FROM sessions s`,
  "a session that is over has nobody in it": `
    SELECT s.public_id AS name, s.current_players AS said, 0 AS counted
    FROM sessions s WHERE s.status IN ('ENDED', 'FAILED')`,
  "an open session has a host that is alive": `
    SELECT s.public_id AS name, 1 AS said,
      (SELECT COUNT(*) FROM hosts h WHERE h.id = s.host AND h.alive = 1) AS counted
    FROM sessions s WHERE s.status IN ('PENDING', 'ACTIVE')`,
};

/** A counter that says something else than there is. */
export interface Miscount {
  readonly what: string;
  readonly name: string;
  readonly said: number;
  readonly counted: number;
}

/** All counters of rows that are wrong. */
export async function miscounts(store: Store): Promise<Miscount[]> {
  const wrong: Miscount[] = [];
  for (const [what, query] of Object.entries(COUNTERS)) {
    type Row = { name: string; said: number; counted: number };
    const { rows } = await store.read((db) => sql.raw<Row>(query).execute(db));
    for (const { name, said, counted } of rows) {
      if (Number(said) !== Number(counted)) wrong.push({ what, name, said: Number(said), counted: Number(counted) });
    }
  }
  return wrong;
}

/** Every counter there is equals what a recount gives. */
export async function expectTrueCounters(store: Store, tallies: Tallies): Promise<void> {
  expect(await miscounts(store)).toEqual([]);
  expect(await tallies.read()).toEqual(await recount(store));
}

/** Every agent's counts are its rating changes and what went with its matches, and there are no others. */
export async function expectTrueRatings(store: Store): Promise<void> {
  const counted = Object.entries({ matches: "1 = 1", wins: "outcome = 'won'", losses: "outcome = 'lost'" }).map(
    ([count, which]) => `a.${count} <> a.${count}_forgotten +
      (SELECT COUNT(*) FROM rating_changes c WHERE c.agent_id = a.agent_id AND ${which})`,
  );
  const { rows } = await store.read((db) =>
    sql
      .raw(`SELECT * FROM agents a WHERE ${counted.join(" OR ")} OR a.draws <> a.matches - a.wins - a.losses`)
      .execute(db),
  );
  expect(rows).toEqual([]);
  // And the other way round: nothing is kept of an agent, or to be said of it, that is not counted by anyone.
  for (const query of [
    "rating_changes c WHERE NOT EXISTS (SELECT 1 FROM agents a WHERE a.agent_id = c.agent_id)",
    `feedback_outbox f WHERE NOT EXISTS
      (SELECT 1 FROM rating_changes c WHERE c.match_id = f.match_id AND c.agent_id = f.agent_id)`,
  ]) {
    const stray = await store.read((db) => sql.raw(`SELECT * FROM ${query}`).execute(db));
    expect(stray.rows).toEqual([]);
  }
}

/** What of the arena does not fit together, counted from the rows themselves: nothing should. */
export async function arenaHalves(store: Store) {
  const count = async (query: string): Promise<number> => {
    const { rows } = await store.read((db) =>
      sql.raw<{ total: number }>(`SELECT COUNT(*) AS total ${query}`).execute(db),
    );
    return Number(rows[0]!.total);
  };
  const named = (side: string): string => `EXISTS (SELECT 1 FROM queue_entries e WHERE e.match_id = m.match_id
    AND e.queue_id = m.${side}_queue_id AND e.status = 'matched')`;
  return {
    entriesByHalf: await count(`FROM queue_entries e WHERE e.match_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM matches m WHERE m.match_id = e.match_id AND e.queue_id IN (m.p1_queue_id, m.p2_queue_id))`),
    matchesByHalf: await count(`FROM matches m WHERE NOT (${named("p1")} AND ${named("p2")})`),
    waitingTwice: Math.max(0, (await count("FROM queue_entries WHERE status = 'waiting'")) - 1),
  };
}
