import { z } from "zod";
import { fields, list } from "./fields.ts";
import { frameBody, frameList } from "./stream-fields.ts";

/** Bodies of what a publisher sends, by the name it goes by on a socket. Unknown fields are ignored. */

const player = z.object({
  port: fields.port,
  character_id: fields.character,
  connect_code: fields.code,
  display_name: fields.name,
});

export const startBody = z.object({ stage_id: fields.stage, players: list(player, 4) });

export const framesBody = z.object({ frames: frameList });

export { frameBody };

export const gameEndBody = z.object({
  game_number: fields.game,
  winner_port: fields.portOrNull,
  end_method: fields.code,
});

export const endBody = z.object({ winner_port: fields.portOrNull, final_score: fields.score });

export const replayQuery = z.object({ game: fields.game.optional() });
