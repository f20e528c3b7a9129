import { describe, expect, test } from "bun:test";
import type { Report } from "../../ports/match-records.ts";
import { resultOf } from "./result.ts";

type Said = readonly [outcome: string, stocks: number | null];

const report = ([outcome, stocksRemaining]: Said): Report => ({
  outcome,
  stocksRemaining,
  durationSeconds: null,
  opponentStocks: null,
});

/** Both sides' words, then who has won and the scores. */
const table: readonly (readonly [Said, Said, "p1" | "p2" | null, number, number])[] = [
  // Stocks decide, whatever the words are.
  [["won", 3], ["lost", 0], "p1", 3, 0],
  [["lost", 0], ["won", 3], "p2", 3, 0],
  [["COMPLETED", 1], ["COMPLETED", 2], "p2", 2, 1],
  [["lost", 2], ["won", 1], "p1", 2, 1],
  [["DISCONNECT", 4], ["won", 3], "p1", 4, 3],
  // No count is none.
  [["won", 1], ["lost", null], "p1", 1, 0],
  [["won", null], ["lost", 2], "p2", 2, 0],
  // Equal stocks fall to words that fit together.
  [["won", null], ["lost", null], "p1", 0, 0],
  [["lost", 2], ["won", 2], "p2", 2, 2],
  [["WON", 0], ["Lost", 0], "p1", 0, 0],
  // One that broke off has lost.
  [["DISCONNECT", 2], ["COMPLETED", 2], "p2", 2, 2],
  [["COMPLETED", 2], ["ERROR", 2], "p1", 2, 2],
  [["won", 0], ["DISCONNECT", 0], "p1", 0, 0],
  [["error", null], ["won", null], "p2", 0, 0],
  // Otherwise nobody has won.
  [["won", 2], ["won", 2], null, 2, 2],
  [["lost", 2], ["lost", 2], null, 2, 2],
  [["DISCONNECT", 1], ["ERROR", 1], null, 1, 1],
  [["COMPLETED", 0], ["COMPLETED", 0], null, 0, 0],
  [["won", 1], ["COMPLETED", 1], null, 1, 1],
  [["", null], ["", null], null, 0, 0],
];

describe("the result of a match", () => {
  test.each(table)("%j against %j: %s, %d to %d", (p1, p2, winner, winnerScore, loserScore) => {
    expect(resultOf({ p1: report(p1), p2: report(p2) })).toEqual({ winner, winnerScore, loserScore });
  });
});
