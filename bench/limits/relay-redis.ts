// The limit of every relay between processes over a Redis: the bare relay (relay.ts), where a message to a client that is
// not here is published once, as it came, on a channel of that client's own. Nobody tells whether it has arrived.
import { RedisClient, serve, type ServerWebSocket } from "bun";

const devices = new Map<string, ServerWebSocket>();
const redis = new RedisClient(process.env["REDIS_URL"]);
const ear = await redis.duplicate();
await redis.connect();
await ear.connect();

const server = serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, upgrading) {
    if (upgrading.upgrade(request)) return undefined;
    return new Response(null, { status: 404 });
  },
  websocket: {
    async message(socket, text) {
      const message = JSON.parse(text as string) as { event: string; from_device: string; to_device: string };
      if (message.event === "register") {
        devices.set(message.from_device, socket);
        await ear.subscribe(message.from_device, (heard) => void socket.send(heard));
        socket.send('{"event":"register","status":"ok"}');
        return;
      }
      const here = devices.get(message.to_device);
      if (here !== undefined) here.send(text);
      else await redis.publish(message.to_device, text as string);
    },
  },
});
console.log(`listening on ${server.url.origin}`);
