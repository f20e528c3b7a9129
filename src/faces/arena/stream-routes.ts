import type { MatchStreams } from "../../core/streams/match-streams.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { matchNamed } from "./paths.ts";
import { publishersOf } from "./publishing.ts";
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
  const asPublisher = publishersOf(streams);
  return [
    route({
      method: "POST",
      path: "/matches/:match_id/stream/start",
      urgency: "new",
      summary: "Begins the stream of a match",
      doc: docs.start,
      policy: asPublisher,
      limit: limits.frames,
      body: startBody,
      handle: async (call) =>
        json(200, { success: true, viewers: await messages.start(streams, matchNamed(call), call.body) }),
    }),
    route({
      method: "POST",
      path: "/matches/:match_id/stream/frames",
      urgency: "finish",
      summary: "Streams several frames",
      doc: docs.frames,
      policy: asPublisher,
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
      urgency: "finish",
      summary: "Streams one frame",
      doc: docs.frame,
      policy: asPublisher,
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
      urgency: "finish",
      summary: "Ends a game of a match that is streamed",
      doc: docs.gameEnd,
      policy: asPublisher,
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
      urgency: "finish",
      summary: "Ends the stream of a match",
      doc: docs.end,
      policy: asPublisher,
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
      policy: policy.signedIn,
      async handle(call) {
        const id = matchNamed(call);
        return json(200, { match_id: id, viewers: await streams.viewers(id) });
      },
    }),
  ];
}
