import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Replay, Replays } from "../../core/streams/replays.ts";
import { route, type Route } from "../../transport/http/route.ts";
import { matchNamed } from "./match-routes.ts";
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
      query: replayQuery,
      async handle(call) {
        const replay = await replays.get(matchNamed(call));
        const text = written(replay, call.query.game ?? null);
        const headers = {
          "content-type": "application/json",
          vary: "accept-encoding",
          // One that goes on has more the next time.
          "cache-control": replay.record.isComplete ? "private, max-age=3600" : "no-store",
        };
        if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?(,|$))/i.test(call.request.headers.get("accept-encoding") ?? "")) {
          return new Response(text, { headers });
        }
        return new Response(await compress(text), { headers: { ...headers, "content-encoding": "gzip" } });
      },
    }),
  ];
}

/** The messages in it are JSON already, and are not read again. */
function written({ record, start, games, end }: Replay, only: number | null): string {
  const shown = only === null ? games : games.filter(({ number }) => number === only);
  const parts = shown.map(
    (game) =>
      `{"game_number":${game.number},"frames":[${game.frames.map(({ text }) => text).join(",")}],` +
      `"end":${game.end?.text ?? "null"}}`,
  );
  const about = {
    match_id: record.matchId,
    is_complete: record.isComplete,
    started_at: time(record.startedAt),
    updated_at: time(record.updatedAt),
    game_numbers: games.map(({ number }) => number),
  };
  return (
    `${JSON.stringify(about).slice(0, -1)},"start":${start?.text ?? "null"},` +
    `"games":[${parts.join(",")}],"end":${end?.text ?? "null"}}`
  );
}
