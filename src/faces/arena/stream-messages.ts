import type { z } from "zod";
import type { MatchStreams } from "../../core/streams/match-streams.ts";
import type { ReadFrame } from "./stream-fields.ts";
import type { endBody, gameEndBody, startBody } from "./stream-schema.ts";

/** What viewers get, each message written once, where it comes in. */

export const PING = JSON.stringify({ type: "ping" });

/** Returns how many watch. */
export function start(streams: MatchStreams, matchId: string, { stage_id, players }: z.output<typeof startBody>) {
  const message = {
    type: "match_start",
    matchId,
    stageId: stage_id,
    players: players.map(({ port, character_id, connect_code, display_name }) => ({
      port,
      characterId: character_id,
      connectCode: connect_code,
      displayName: display_name,
    })),
  };
  return streams.start(matchId, JSON.stringify(message));
}

export function frames(streams: MatchStreams, matchId: string, all: readonly ReadFrame[]): Promise<void> {
  return streams.frames(matchId, all);
}

export function endGame(streams: MatchStreams, matchId: string, body: z.output<typeof gameEndBody>): Promise<void> {
  const { game_number: gameNumber, winner_port: winnerPort, end_method: endMethod } = body;
  return streams.endGame(matchId, gameNumber, JSON.stringify({ type: "game_end", gameNumber, winnerPort, endMethod }));
}

export function end(streams: MatchStreams, matchId: string, body: z.output<typeof endBody>): Promise<void> {
  const { winner_port: winnerPort, final_score: finalScore } = body;
  return streams.end(matchId, JSON.stringify({ type: "match_end", winnerPort, finalScore }));
}
