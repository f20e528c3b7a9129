// The limit of every relay between processes over a Redis: the bare relay (relay.ts), where a message to a client that is
// not here is published once, as it came, on a channel of that client's own, and whoever has it publishes once that it
// has been handed over: without that nobody could tell a sender that it was not.
import { RedisClient, serve, type ServerWebSocket } from "bun";

const devices = new Map<string, ServerWebSocket>();
/** Messages that nobody has answered yet, by number. */
const unanswered = new Map<number, string>();
let count = 0;
const answers = `answers-${process.pid}`;
const redis = new RedisClient(process.env["REDIS_URL"]);
const ear = await redis.duplicate();
await redis.connect();
await ear.connect();
await ear.subscribe(answers, (number) => void unanswered.delete(Number(number)));

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
        await ear.subscribe(message.from_device, (heard) => {
          const [number, back] = heard.slice(0, heard.indexOf("\n")).split(" ") as [string, string];
          socket.send(heard.slice(heard.indexOf("\n") + 1));
          void redis.publish(back, number);
        });
        socket.send('{"event":"register","status":"ok"}');
        return;
      }
      const here = devices.get(message.to_device);
      if (here !== undefined) here.send(text);
      else {
        unanswered.set(++count, message.from_device);
        await redis.publish(message.to_device, `${count} ${answers}\n${text as string}`);
      }
    },
  },
});
console.log(`listening on ${server.url.origin}`);
