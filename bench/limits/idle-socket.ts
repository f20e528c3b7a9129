// The limit of every socket that is open and says nothing: Bun's own, with a name for each in a map.
import { serve, type ServerWebSocket } from "bun";

interface Named {
  name: string | null;
}

const sockets = new Map<string, ServerWebSocket<Named>>();

const server = serve<Named>({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, self) {
    if (self.upgrade(request, { data: { name: null } })) return undefined;
    return new Response(null, { status: 400 });
  },
  websocket: {
    message(ws, message) {
      const { from_email, from_device } = JSON.parse(String(message)) as { from_email: string; from_device: string };
      ws.data.name = `${from_email} ${from_device}`;
      sockets.set(ws.data.name, ws);
      ws.send(JSON.stringify({ event: "register", status: "ok" }));
    },
    close(ws) {
      if (ws.data.name !== null) sockets.delete(ws.data.name);
    },
  },
});
console.log(`listening on ${server.url.origin}`);
