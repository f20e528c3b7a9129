import type { Page } from "./page.ts";

export interface AgentRating {
  readonly agentId: bigint;
  readonly elo: number;
  readonly matches: number;
  readonly wins: number;
  readonly losses: number;
  readonly draws: number;
}

/** How a match changed a rating. */
export interface RatingChange {
  readonly matchId: string;
  readonly opponentId: bigint;
  readonly outcome: "won" | "lost" | "drawn";
  readonly before: number;
  readonly after: number;
  /** In ms. */
  readonly at: number;
}

/** Ratings of agents, written by the matches. An agent's counts always equal a recount of its changes, and of
 * those that went with their matches. */
export interface RatingRecords {
  /** Best first; among equals, who was rated first. */
  leaderboard(page: Page): Promise<readonly AgentRating[]>;
  /** Null: never rated. */
  find(agentId: bigint): Promise<AgentRating | null>;
  /** Newest first. */
  history(agentId: bigint, page: Page): Promise<readonly RatingChange[]>;
}
