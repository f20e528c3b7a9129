// The limit of every request that needs Redis: Bun's own server and router, and one script call a request by its
// digest.
//
//   REDIS_URL=redis://… bun bench/limits/redis-script.ts
import { serve } from "bun";
import { Redis } from "ioredis";
import { BARE_CLAIM } from "./redis-script-lua.ts";

const redis = new Redis(process.env["REDIS_URL"]!);
const sha = (await redis.script("LOAD", BARE_CLAIM)) as string;
const headers = { "content-type": "application/json; charset=utf-8" };
const iceServers = [{ urls: "stun:stun.example.org:3478" }];

const server = serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/api/match/find": {
      async POST(request) {
        const { region } = (await request.json()) as { region: string };
        const found = (await redis.evalsha(sha, 1, "bare", "127.0.0.1", 1_000_000, region, 30_000)) as
          | [string, string]
          | null;
        if (found === null) return new Response('{"found":false}', { status: 404, headers });
        const match = { found: true, roomId: found[0], signalingUrl: "ws://127.0.0.1/signaling", iceServers };
        return new Response(JSON.stringify(match), { headers });
      },
    },
  },
  fetch: () => new Response(null, { status: 404 }),
});
console.log(`listening on ${server.url.origin}`);
