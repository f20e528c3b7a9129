// The limit of every relay: Bun's own WebSockets, where each client says its name first, and each message after that
// is parsed, its target found in a map, and passed on as it came. On /echo each message goes back to its sender.
import { serve, type ServerWebSocket } from "bun";

interface Data {
  readonly isEcho: boolean;
}

const devices = new Map<string, ServerWebSocket<Data>>();

const server = serve<Data>({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, upgrading) {
    const isEcho = new URL(request.url).pathname === "/echo";
    if (upgrading.upgrade(request, { data: { isEcho } })) return undefined;
    return new Response(null, { status: 404 });
  },
  websocket: {
    message(socket, text) {
      if (socket.data.isEcho) {
        socket.send(text);
        return;
      }
      const message = JSON.parse(text as string) as { event: string; from_device: string; to_device: string };
      if (message.event === "register") {
        devices.set(message.from_device, socket);
        socket.send('{"event":"register","status":"ok"}');
      } else devices.get(message.to_device)?.send(text);
    },
  },
});
console.log(`listening on ${server.url.origin}`);
