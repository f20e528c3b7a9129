import type { Contender } from "../../ports/contender.ts";
import type { Place } from "../../ports/queue-records.ts";
import { opponentOf } from "../../core/matches/players.ts";
import type { Signed } from "../../core/signatures/signatures.ts";
import type { MatchRecord } from "../../ports/match-records.ts";
import type { AgentRating, RatingChange } from "../../ports/rating-records.ts";

/** The domain's records in the document's words: all keys, null where nothing is set. Never the queue id of another. */

/** The answer to a poll. */
export function queued({ entry, match }: Place) {
  const opponent = match === null ? null : opponentOf(match, entry.queueId);
  return {
    queue_id: entry.queueId,
    status: entry.status,
    position: entry.position,
    match_id: entry.matchId,
    opponent_code: opponent?.connectCode ?? null,
    opponent_wallet: opponent?.wallet ?? null,
  };
}

/** The answer to a join. */
export function joined({ entry, match }: Place) {
  const opponent = match === null ? null : opponentOf(match, entry.queueId);
  return { ...queued({ entry, match }), opponent_agent_id: opponent === null ? null : plainId(opponent) };
}

/** A number wherever that has all digits, as nearly all ids do: bigints take several times as long to write. */
function plainId({ agentId }: Contender): number | bigint | null {
  const number = Number(agentId);
  return agentId === null || !Number.isSafeInteger(number) ? agentId : number;
}

export function wholeMatch(match: MatchRecord) {
  const { p1, p2, result } = match;
  const [winner, loser] =
    result === null || result.winner === null ? [null, null] : result.winner === "p1" ? [p1, p2] : [p2, p1];
  return {
    id: match.id,
    status: match.status,
    p1_connect_code: p1.connectCode,
    p2_connect_code: p2.connectCode,
    p1_wallet: p1.wallet,
    p2_wallet: p2.wallet,
    p1_result: p1.report?.outcome ?? null,
    p2_result: p2.report?.outcome ?? null,
    winner_wallet: winner?.wallet ?? null,
    loser_wallet: loser?.wallet ?? null,
    winner_score: result?.winnerScore ?? null,
    loser_score: result?.loserScore ?? null,
    result_timestamp: result === null ? null : Math.floor(result.completedAt / 1000),
    created_at: time(match.createdAt),
    completed_at: result === null ? null : time(result.completedAt),
    ...wagerKeys(match),
  };
}

export function wager(match: MatchRecord) {
  return { match_id: match.id, ...wagerKeys(match) };
}

function wagerKeys({ wager }: MatchRecord) {
  return {
    wager_status: wager?.status ?? null,
    wager_amount: wager?.amountWei ?? null,
    wager_id: wager?.wagerId ?? null,
    wager_proposer: wager?.proposer ?? null,
  };
}

export function signatureCount(matchId: string, { signatures, ready }: Signed) {
  return { match_id: matchId, signatures_received: signatures.length, ready_for_submission: ready };
}

export function signatureList(matchId: string, signed: Signed) {
  const { match_id, ...counts } = signatureCount(matchId, signed);
  const signatures = signed.signatures.map(({ address, signature, createdAt }) => ({
    address,
    signature,
    created_at: time(createdAt),
  }));
  return { match_id, signatures, ...counts };
}

export function rating({ agentId, elo, matches, wins, losses, draws }: AgentRating) {
  return { agent_id: agentId, elo, matches, wins, losses, draws };
}

export function ratingChange({ matchId, opponentId, outcome, before, after, at }: RatingChange) {
  return {
    match_id: matchId,
    opponent_agent_id: opponentId,
    outcome,
    elo_before: before,
    elo_after: after,
    created_at: time(at),
  };
}

/** `2026-02-05T12:00:00+00:00`. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}
