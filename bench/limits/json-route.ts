// The limit of every JSON route: Bun's own server and router, a body that is parsed and one that is answered, and
// nothing else.
import { serve } from "bun";

const alive = JSON.stringify({ success: true, ttl: 30 });
const signalingUrl = "ws://127.0.0.1:4000/signaling";
const iceServers: readonly object[] = [];
const headers = { "content-type": "application/json; charset=utf-8" };
let bytes = 0;
let finds = 0;

const server = serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/api/host/heartbeat": {
      async POST(request) {
        const body = (await request.json()) as { hostId: string };
        bytes += body.hostId.length;
        return new Response(alive, { headers });
      },
    },
    "/api/match/find": {
      async POST(request) {
        const body = (await request.json()) as { region: string };
        bytes += body.region.length;
        const roomId = `room-${++finds}`;
        return new Response(JSON.stringify({ found: true, roomId, signalingUrl, iceServers }), { headers });
      },
    },
  },
  fetch: () => new Response(null, { status: 404 }),
});
console.log(`listening on ${server.url.origin}`);
