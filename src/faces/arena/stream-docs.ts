import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { MATCH_ID, ofMatch, time } from "./docs.ts";

const { params, path, unknown } = ofMatch;

const success = { success: z.literal(true) };
const taken = { 200: { description: "Taken.", schema: z.object(success), example: { success: true } } };
const refusals = [unknown, problem("stream_full")];
const count = z.int().min(0);

export const FRAME = {
  frame: 100,
  players: [
    { port: 1, x: -20.5, y: 0, action_state_id: 14, facing_direction: 1, percent: 12, stocks: 4 },
    { port: 2, x: 18.25, y: 0, action_state_id: 20, facing_direction: -1, percent: 0, stocks: 4 },
  ],
};

/** A frame as it goes on. */
export const WRITTEN = {
  type: "frame",
  frame: 100,
  players: [
    {
      port: 1,
      x: -20.5,
      y: 0,
      actionStateId: 14,
      actionFrame: null,
      facingDirection: 1,
      percent: 12,
      stocks: 4,
      shieldHealth: null,
      isInvincible: null,
      isInHitstun: null,
    },
  ],
};

export const STARTED = {
  type: "match_start",
  matchId: MATCH_ID,
  stageId: 2,
  players: [{ port: 1, characterId: 0, connectCode: "SCAV#382", displayName: null }],
};

const message = (description: string) => z.record(z.string(), z.unknown()).meta({ description });

const bothMay = "Both players may stream one match, to any node: what is there already changes nothing.";

export const docs = {
  start: {
    id: "startStream",
    description: `Viewers get \`match_start\`, also those who come later. ${bothMay}`,
    params,
    example: {
      params: path,
      body: {
        stage_id: 2,
        players: [
          { port: 1, character_id: 0, connect_code: "SCAV#382" },
          { port: 2, character_id: 8, connect_code: "SCAV#861" },
        ],
      },
    },
    responses: {
      200: {
        description: "Taken.",
        schema: z.object({ ...success, viewers: count.meta({ description: "How many watch." }) }),
        example: { success: true, viewers: 3 },
      },
    },
    refusals: [unknown],
  },
  frames: {
    id: "streamFrames",
    description:
      "In the order they were played, 600 at most and 128 KiB. A frame that is not above all before it in its game is " +
      `left without an error. Frames keep the match from expiring. ${bothMay}`,
    params,
    example: { params: path, body: { frames: [FRAME] } },
    responses: {
      200: {
        description: "Taken.",
        schema: z.object({ ...success, frames: count.meta({ description: "How many the request had." }) }),
        example: { success: true, frames: 1 },
      },
    },
    refusals,
  },
  frame: {
    id: "streamFrame",
    params,
    example: { params: path, body: FRAME },
    responses: taken,
    refusals,
  },
  gameEnd: {
    id: "endStreamedGame",
    description: "Frame numbers begin anew, from -123. A game ends once, whoever says so first.",
    params,
    example: { params: path, body: { game_number: 1, winner_port: 1, end_method: "stocks" } },
    responses: taken,
    refusals,
  },
  end: {
    id: "endStream",
    description: "Nothing of the match is taken any more; its viewers are closed 5 seconds later.",
    params,
    example: { params: path, body: { winner_port: 1, final_score: [3, 1] } },
    responses: taken,
    refusals: [unknown],
  },
  viewers: {
    id: "countViewers",
    params,
    example: { params: path },
    responses: {
      200: {
        description: "On all nodes.",
        schema: z.object({ match_id: z.string(), viewers: count }),
        example: { match_id: MATCH_ID, viewers: 3 },
      },
    },
    refusals: [unknown],
  },
  replay: {
    id: "getReplay",
    description:
      "All that was streamed, as the messages that viewers got; compressed for those who take gzip. The frames of a game " +
      "are in order, with gaps where none came. Also while the match goes on, some seconds behind.",
    params,
    query: { game: "Only the frames of this game; `game_numbers` says which there are." },
    example: { params: path, query: { game: 1 } },
    responses: {
      200: {
        description: "The replay.",
        schema: z.object({
          match_id: z.string(),
          is_complete: z.boolean().meta({ description: "True once the match has ended." }),
          started_at: time,
          updated_at: time,
          game_numbers: z.array(z.int()),
          start: message("`match_start`").nullable(),
          games: z.array(
            z.object({
              game_number: z.int(),
              frames: z.array(message("`frame`")),
              end: message("`game_end`").nullable(),
            }),
          ),
          end: message("`match_end`").nullable(),
        }),
        example: {
          match_id: MATCH_ID,
          is_complete: true,
          started_at: "2026-02-05T11:55:00+00:00",
          updated_at: "2026-02-05T12:00:00+00:00",
          game_numbers: [1],
          start: STARTED,
          games: [
            {
              game_number: 1,
              frames: [WRITTEN],
              end: { type: "game_end", gameNumber: 1, winnerPort: 1, endMethod: "stocks" },
            },
          ],
          end: { type: "match_end", winnerPort: 1, finalScore: [1, 0] },
        },
      },
    },
    refusals: [problem("replay_not_found"), problem("replays_busy")],
  },
} satisfies Record<string, RouteDoc>;
