import type { MatchStreams } from "../../core/streams/match-streams.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Call, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { matchNamed } from "./match-routes.ts";
import { docs } from "./stream-docs.ts";
import * as messages from "./stream-messages.ts";
import { endBody, frameBody, framesBody, gameEndBody, startBody } from "./stream-schema.ts";

/** The most that frames may weigh, in bytes: a few hundred with all their fields, and never ten thousand. */
export const MAX_FRAMES_BYTES = 128 * 1024;

export interface StreamRoutesOptions {
  readonly streams: MatchStreams;
  readonly limits: Readonly<Record<"frames", RequestLimit | undefined>>;
}

export function streamRoutes({ streams, limits }: StreamRoutesOptions): readonly Route[] {
  // Where tokens are asked for, those who joined under these codes have them: nobody else streams their match.
  const playerOf = (side: 0 | 1) =>
    policy.player(async (call: Call<never, never>) => (await streams.find(matchNamed(call))).players[side]);
  const asParticipant = policy.any(playerOf(0), playerOf(1));
  return [
    route({
      method: "POST",
      path: "/matches/:match_id/stream/start",
      summary: "Begins the stream of a match",
      doc: docs.start,
      policy: asParticipant,
      limit: limits.frames,
      body: startBody,
      handle: async (call) =>
        json(200, { success: true, viewers: await messages.start(streams, matchNamed(call), call.body) }),
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/stream/frames",
      summary: "Streams several frames",
      doc: docs.frames,
      policy: asParticipant,
      limit: limits.frames,
      body: framesBody,
      maxBodyBytes: MAX_FRAMES_BYTES,
      async handle(call) {
        const { frames } = call.body;
        await messages.frames(streams, matchNamed(call), frames);
        return json(200, { success: true, frames: frames.length });
      },
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/stream/frame",
      summary: "Streams one frame",
      doc: docs.frame,
      policy: asParticipant,
      limit: limits.frames,
      body: frameBody,
      async handle(call) {
        await messages.frames(streams, matchNamed(call), [call.body]);
        return json(200, { success: true });
      },
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/stream/game_end",
      summary: "Ends a game of a match that is streamed",
      doc: docs.gameEnd,
      policy: asParticipant,
      limit: limits.frames,
      body: gameEndBody,
      async handle(call) {
        await messages.endGame(streams, matchNamed(call), call.body);
        return json(200, { success: true });
      },
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/stream/end",
      summary: "Ends the stream of a match",
      doc: docs.end,
      policy: asParticipant,
      limit: limits.frames,
      body: endBody,
      async handle(call) {
        await messages.end(streams, matchNamed(call), call.body);
        return json(200, { success: true });
      },
    }),
    route({
      method: "GET",
      path: "/matches/:match_id/viewers",
      summary: "How many watch a match",
      doc: docs.viewers,
      async handle(call) {
        const id = matchNamed(call);
        return json(200, { match_id: id, viewers: await streams.viewers(id) });
      },
    }),
  ];
}
