import type { Report, Side } from "../../ports/match-records.ts";

/** Words by which a client says that the game did not end as it should. */
const BROKEN_OFF = new Set(["disconnect", "error"]);

/**
 * Who has won, by the reports of both sides. More stocks remaining wins, each side counting its own; no count is 0.
 * Equal ones fall to the outcomes, if exactly one side says that it won and the other that it lost, or exactly one side
 * broke off. Otherwise it is a draw.
 */
export function resultOf(reports: Readonly<Record<Side, Report>>): {
  readonly winner: Side | null;
  readonly winnerScore: number;
  readonly loserScore: number;
} {
  const stocks = { p1: reports.p1.stocksRemaining ?? 0, p2: reports.p2.stocksRemaining ?? 0 };
  const winner = stocks.p1 === stocks.p2 ? byOutcome(reports) : stocks.p1 > stocks.p2 ? "p1" : "p2";
  const [first, second] = winner === "p2" ? [stocks.p2, stocks.p1] : [stocks.p1, stocks.p2];
  return { winner, winnerScore: first, loserScore: second };
}

function byOutcome({ p1, p2 }: Readonly<Record<Side, Report>>): Side | null {
  const [one, two] = [p1.outcome.toLowerCase(), p2.outcome.toLowerCase()];
  if (one === "won" && two === "lost") return "p1";
  if (one === "lost" && two === "won") return "p2";
  if (BROKEN_OFF.has(one) === BROKEN_OFF.has(two)) return null;
  return BROKEN_OFF.has(one) ? "p2" : "p1";
}
