import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Replay, Replays } from "../../core/streams/replays.ts";
import { policy } from "../../transport/http/policy.ts";
import { JSON_HEADERS, route, type Route } from "../../transport/http/route.ts";
import { matchNamed } from "./paths.ts";
import { time } from "./present.ts";
import { docs } from "./stream-docs.ts";
import { replayQuery } from "./stream-schema.ts";

const compress = promisify<string, Buffer<ArrayBuffer>>(gzip);

export function replayRoutes({ replays }: { readonly replays: Replays }): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/matches/:match_id/replay",
      summary: "Shows what was streamed of a match",
      doc: docs.replay,
      policy: policy.signedIn,
      query: replayQuery,
      async handle(call) {
        const isPacked = takesGzip(call.request);
        const which = { matchId: matchNamed(call), game: call.query.game ?? null, form: isPacked ? "gzip" : "plain" };
        const { isComplete, body } = await replays.written(which, async (replay) => {
          const text = written(replay);
          // A Blob is shared by all who get it, bytes would be copied for each.
          const body = new Blob([isPacked ? await compress(text) : text]);
          return { isComplete: replay.record.isComplete, body };
        });
        return new Response(body, {
          headers: {
            ...JSON_HEADERS,
            ...(isPacked ? { "content-encoding": "gzip" } : {}),
            vary: "accept-encoding",
            // One that goes on has more the next time.
            "cache-control": isComplete ? "private, max-age=3600" : "no-store",
          },
        });
      },
    }),
  ];
}

function takesGzip({ headers }: Request): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?(,|$))/i.test(headers.get("accept-encoding") ?? "");
}

/** The messages in it are JSON already, and are not read again. */
function written({ record, gameNumbers, start, games, end }: Replay): string {
  const parts = games.map(
    (game) =>
      `{"game_number":${game.number},"frames":[${game.frames.map(({ text }) => text).join(",")}],` +
      `"end":${game.end?.text ?? "null"}}`,
  );
  const about = {
    match_id: record.matchId,
    is_complete: record.isComplete,
    started_at: time(record.startedAt),
    updated_at: time(record.updatedAt),
    game_numbers: gameNumbers,
  };
  return (
    `${JSON.stringify(about).slice(0, -1)},"start":${start?.text ?? "null"},` +
    `"games":[${parts.join(",")}],"end":${end?.text ?? "null"}}`
  );
}
