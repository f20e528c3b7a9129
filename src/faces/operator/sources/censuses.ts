import type { PoolCensus } from "../../../core/presence/pool-census.ts";
import type { MatchStreams } from "../../../core/streams/match-streams.ts";
import type { MatchRecords } from "../../../ports/match-records.ts";
import type { OperatorRecords } from "../../../ports/operator-records.ts";
import type { Tallies } from "../../../ports/tallies.ts";
import type { Census } from "../showcase.ts";
import type { StateCount } from "../wire.ts";

/** Past so many hosts only what is counted anyway is told: those who are heard, and the others. */
const MOST_COUNTED = 5_000;

/** Hosts of the pool, by region and state. */
export async function poolCensus(census: PoolCensus): Promise<Census> {
  const rows = await census.look();
  return { hosts: rows.map((row) => ({ face: "host-pool", ...row })) };
}

/** Hosts and sessions of the coordinator, by status. */
export async function coordinatorCensus(tallies: Tallies, records: OperatorRecords): Promise<Census> {
  const [counts, open] = await Promise.all([tallies.read(), records.openSessions()]);
  const { hosts, sessions } = counts;
  const isCounted = hosts.total <= MOST_COUNTED;
  const byStatus = isCounted
    ? await records.hostsByStatus()
    : { ONLINE: hosts.online, OFFLINE: hosts.total - hosts.online };
  const over = sessions.total - Object.values(open).reduce((sum, count) => sum + count, 0);
  return {
    hosts: rowsOf(byStatus).map((row) => ({ ...row, region: null })),
    sessions: rowsOf({ ...open, over }),
  };
}

/** The arena: who waits, what is played, what is streamed. */
export async function arenaCensus(
  records: OperatorRecords,
  matches: Pick<MatchRecords, "playing">,
  streams: Pick<MatchStreams, "live">,
): Promise<Census> {
  const [{ count, since }, playing, live] = await Promise.all([records.waiting(), matches.playing(), streams.live()]);
  return {
    queues: [{ name: "arena", waiting: count, since }],
    matches: [{ face: "arena", state: "playing", count: playing }],
    live: live.length,
  };
}

function rowsOf(counts: Readonly<Record<string, number>>): readonly StateCount[] {
  return Object.entries(counts).map(([state, count]) => ({ face: "coordinator", state, count }));
}
