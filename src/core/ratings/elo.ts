import type { MatchRecord, MatchStep, Side } from "../../ports/match-records.ts";
import { areStrangers } from "../matches/players.ts";

/** The rating of an agent that was never rated. */
export const INITIAL_ELO = 1500;

/** How far one match moves a rating at most. */
const K = 32;

/** New ratings of both sides, whole numbers, from those before the match. `winner` null: a draw. */
export function elo(before: Readonly<Record<Side, number>>, winner: Side | null): Readonly<Record<Side, number>> {
  const expected = 1 / (1 + 10 ** ((before.p2 - before.p1) / 400));
  const scored = winner === null ? 0.5 : winner === "p1" ? 1 : 0;
  return {
    p1: Math.round(before.p1 + K * (scored - expected)),
    p2: Math.round(before.p2 + K * (expected - scored)),
  };
}

/** What rates a match that counts from now on; nothing unless two agents that are known and differ played it. */
export function ratingStep(
  match: MatchRecord,
  winner: Side | null,
  at: number,
  posted: boolean,
): Pick<MatchStep, "rating"> {
  if (match.p1.agentId === null || match.p2.agentId === null || !areStrangers(match)) return {};
  return { rating: { rate: (before) => elo(before, winner), initial: INITIAL_ELO, at, posted } };
}
