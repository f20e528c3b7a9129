import type { MatchRecord, Player, Report, Side } from "../../../ports/match-records.ts";
import type { QueueEntry } from "../../../ports/queue-records.ts";
import type { MatchRow, QueueEntryRow } from "../tables.ts";

/** Rows of the arena become records and back. */

export function entryOf(
  row: Omit<QueueEntryRow, "id" | "created_at" | "seen_at">,
  position: number | null,
): QueueEntry {
  return {
    queueId: row.queue_id,
    connectCode: row.connect_code,
    fighterName: row.fighter_name,
    wallet: row.wallet,
    agentId: wholeOf(row.agent_id),
    status: row.status,
    matchId: row.match_id,
    position,
  };
}

export function matchOf(row: MatchRow): MatchRecord {
  return {
    id: row.match_id,
    status: row.status,
    p1: playerOf(row, "p1"),
    p2: playerOf(row, "p2"),
    result:
      row.completed_at === null
        ? null
        : {
            winner: row.winner,
            winnerScore: row.winner_score!,
            loserScore: row.loser_score!,
            completedAt: row.completed_at,
          },
    wager:
      row.wager_status === null
        ? null
        : {
            status: row.wager_status,
            amountWei: BigInt(row.wager_amount!),
            wagerId: BigInt(row.wager_id!),
            proposer: row.wager_proposer!,
          },
    createdAt: row.created_at,
    activeAt: row.active_at,
  };
}

function playerOf(row: MatchRow, side: Side): Player {
  const report = row[`${side}_report`];
  return {
    queueId: row[`${side}_queue_id`],
    connectCode: row[`${side}_connect_code`],
    fighterName: row[`${side}_fighter_name`],
    wallet: row[`${side}_wallet`],
    agentId: wholeOf(row[`${side}_agent_id`]),
    report: report === null ? null : (JSON.parse(report) as Report),
  };
}

function wholeOf(digits: string | null): bigint | null {
  return digits === null ? null : BigInt(digits);
}
