// The floor: what the runtime itself needs to read a heartbeat and answer it, with nothing of ours.
const answer = JSON.stringify({ success: true, ttl: 30 });
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/api/host/heartbeat": async (request) => {
      const { hostId } = (await request.json()) as { hostId?: string };
      return hostId === undefined
        ? new Response(null, { status: 400 })
        : new Response(answer, { headers: { "content-type": "application/json" } });
    },
  },
});
console.log(`bare runtime is listening on ${server.url.origin}`);
