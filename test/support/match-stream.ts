import type { RunningServer } from "./server.ts";
import { post, type Answer } from "./http.ts";

/** A player of a frame with everything a game knows, as a client sends it. */
export function aPlayer(port: number, at = 0, more: object = {}) {
  return {
    port,
    x: Math.round(Math.sin(at / 30 + port) * 60_000) / 1_000,
    y: 0.0001,
    action_state_id: 14,
    action_frame: at % 30,
    facing_direction: port === 1 ? 1 : -1,
    percent: at / 8,
    stocks: 4,
    shield_health: 60,
    is_invincible: false,
    is_in_hitstun: at % 7 === 0,
    ...more,
  };
}

export const aFrame = (frame: number) => ({ frame, players: [aPlayer(1, frame), aPlayer(2, frame)] });

export const START = {
  stage_id: 2,
  players: [
    { port: 1, character_id: 0, connect_code: "SCAV#382" },
    { port: 2, character_id: 8, connect_code: "SCAV#861", display_name: "Scav" },
  ],
};

/** Somebody who streams a match to a node. */
export function publisher(node: () => Pick<RunningServer, "url">, match: string) {
  const send = async (what: string, body: unknown): Promise<Answer> => {
    const answer = await post(`${node().url}/matches/${match}/stream/${what}`, body);
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  return {
    start: () => send("start", START),
    frames: (numbers: readonly number[]) => send("frames", { frames: numbers.map(aFrame) }),
    frame: (number: number) => send("frame", aFrame(number)),
    gameEnd: (game_number: number) => send("game_end", { game_number, winner_port: 1, end_method: "stocks" }),
    end: () => send("end", { winner_port: 1, final_score: [3, 1] }),
  };
}

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
