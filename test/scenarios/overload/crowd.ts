// Many raw connections, in a process of their own. Run: bun crowd.ts <kind> <port> <path> <count> <local address>
//   idle       WebSockets that only answer pings; {n} in the path is another for each
//   stalled    WebSockets that read nothing
//   slowloris  requests whose headers come a byte at a time; a connection that is cut comes again
// Reads commands, a line each, and answers each with a line of JSON: `open`, and `reconnect <part> <ms>`, which cuts that
// part of the connections at once and opens them again within so many ms. Each tries until it is in.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

const [kind = "idle", port = "0", path = "/", count = "1", localAddress = "127.0.0.1"] = process.argv.slice(2);
/** With these, those who come back to a room take their seats again. */
const resume: string[] = [];
const handshake = (at: number): string =>
  `GET ${path.replace("{n}", `${localAddress}-${at}`)}${resume[at] ?? ""} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
/** A masked pong without content; the mask is of no matter then. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const PING = 0x89;

const sockets: (Socket | null)[] = Array.from({ length: Number(count) }, () => null);
/** Below those the system chooses from. */
const FIRST_PORT = 2_000;
const PORTS = 30_000;
let refused = 0;
let cut = 0;
let attempts = 0;

/** Ports of its own: once thousands are taken, the system looks for a free one longer than everything else takes. */
const nextPort = (): number => FIRST_PORT + (attempts++ % PORTS);

/** Resolves once it is in. */
function open(at: number): Promise<void> {
  return new Promise((done) => {
    const attempt = (): void => {
      const socket = connect({
        port: Number(port),
        host: "127.0.0.1",
        localAddress,
        localPort: nextPort(),
        noDelay: true,
      });
      let isIn = false;
      const enter = (): void => {
        isIn = true;
        sockets[at] = socket;
        done();
      };
      socket.on("error", () => undefined);
      socket.on("close", () => {
        if (sockets[at] === socket) {
          sockets[at] = null;
          cut++;
        }
        if (!isIn || kind === "slowloris") setTimeout(attempt, 200 + Math.random() * 800);
      });
      socket.on("connect", () => {
        if (kind === "slowloris") {
          enter();
          return trickle(socket);
        }
        socket.write(handshake(at));
      });
      socket.on("data", (data: Buffer) => {
        if (isIn) {
          if (data[0] === PING) socket.write(PONG);
          else if (resume[at] === undefined) hear(at, data);
        } else if (data.toString("latin1", 9, 12) === "101") {
          enter();
          hear(at, data);
          if (kind === "stalled") socket.pause();
        } else {
          refused++;
          socket.destroy();
        }
      });
    };
    attempt();
  });
}

function hear(at: number, data: Buffer): void {
  const [, token] = /"resumeToken":"([^"]+)"/.exec(data.toString("latin1")) ?? [];
  if (token !== undefined) resume[at] = `&resume=${encodeURIComponent(token)}`;
}

function trickle(socket: Socket): void {
  socket.write("POST /api/match/find HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  const timer = setInterval(() => socket.write("a"), 1_000 + Math.random() * 1_000);
  socket.on("close", () => clearInterval(timer));
}

function cutOff(at: number): void {
  const socket = sockets[at];
  sockets[at] = null;
  socket?.destroy();
}

async function openAll(which: readonly number[], withinMs: number): Promise<void> {
  await Promise.all(
    which.map(async (at, n) => {
      await new Promise((resume) => setTimeout(resume, (withinMs * n) / which.length));
      await open(at);
    }),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ").map((word) => word.trim());
  const began = performance.now();
  [refused, cut] = [0, 0];
  if (command === "open") await openAll([...sockets.keys()], Math.max(500, sockets.length / 3));
  else if (command === "reconnect") {
    const part = [...sockets.keys()].slice(0, Math.floor(sockets.length * Number(args[0])));
    for (const at of part) cutOff(at);
    await openAll(part, Number(args[1]));
  }
  const open = sockets.filter((socket) => socket !== null).length;
  console.log(JSON.stringify({ open, refused, cut, ms: performance.now() - began }));
}
process.exit();
