// The bare runtime: whatever a publisher's socket says is published, a message for each line, to all who watch.
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, bun) {
    const isPublisher = new URL(request.url).pathname === "/publish";
    return bun.upgrade(request, { data: { isPublisher } }) ? undefined : new Response(null, { status: 400 });
  },
  websocket: {
    data: {} as { isPublisher: boolean },
    open(ws) {
      if (!ws.data.isPublisher) ws.subscribe("frames");
    },
    message(_, message) {
      for (const line of String(message).split("\n")) server.publish("frames", line);
    },
  },
});
console.log(`listening on ${server.url.origin}`);
