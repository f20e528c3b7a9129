// Asks for more than can be done. Run: bun flood.ts <port> <connections> <times> <ms>. A few connections find out first how
// much can be done; then so many times that is asked for at an even pace, whatever becomes of it. Prints, as JSON, the pace
// once that has stood for a while, and so many ms later how long those that were due since then, and admitted, took from when
// each was due, and how many were refused. What had no connection until then is not asked any more.
import { connect, type Socket } from "node:net";

const [port, connections, times, ms] = process.argv.slice(2).map(Number) as [number, number, number, number];
/** So few are never too much. */
const FEW = 20;
const TRIAL_MS = 1_000;
/** Until then it is a burst, all of which is served. */
const STANDS_MS = 500;
/** Takes the server several times what the asking takes, so that one process can ask for more than it can do. */
const body = JSON.stringify({ region: "nowhere", pad: Array.from({ length: 1_000 }, (_, n) => n + 0.5) });
const request = Buffer.from(
  `POST /api/match/find HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
);

const dueAt = new Map<Socket, number>();
let answered = (_socket: Socket): void => undefined;
let [admitted, refused, failed]: [number[], number, number] = [[], 0, 0];
/** What was due before says nothing of those that are admitted now. */
let countsFrom = 0;

function ask(socket: Socket, due: number): void {
  dueAt.set(socket, due);
  socket.write(request);
}

const sockets = await Promise.all(
  Array.from(
    { length: connections },
    () =>
      new Promise<Socket>((opened) => {
        const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => opened(socket));
        socket.on("data", (data: Buffer) => {
          const status = data.toString("latin1", 9, 12);
          const due = dueAt.get(socket)!;
          if (status === "503") refused++;
          else if (status !== "404") failed++;
          else if (due >= countsFrom) admitted.push(performance.now() - due);
          dueAt.delete(socket);
          answered(socket);
        });
        socket.on("error", () => failed++);
        socket.on("close", () => dueAt.delete(socket) && failed++);
      }),
  ),
);

answered = (socket) => ask(socket, performance.now());
for (const socket of sockets.slice(0, FEW)) ask(socket, performance.now());
await new Promise((resume) => setTimeout(resume, TRIAL_MS));
const pace = (times * admitted.length) / TRIAL_MS;
answered = () => undefined;
while (dueAt.size > 0) await new Promise((resume) => setTimeout(resume, 1));

const free = [...sockets];
answered = (socket) => free.push(socket);
const began = performance.now();
let asked = 0;
let stands = false;
while (performance.now() < began + STANDS_MS + ms) {
  if (!stands && performance.now() > began + STANDS_MS) {
    stands = true;
    [admitted, refused, countsFrom] = [[], 0, performance.now()];
    // What the burst has left unasked, for want of a connection, would wait here and not at the server.
    asked = Math.ceil((countsFrom - began) * pace);
    console.log(JSON.stringify({ perSecond: pace * 1_000 }));
  }
  const due = Math.floor((performance.now() - began) * pace);
  for (; asked < due && free.length > 0; asked++) ask(free.shift()!, began + asked / pace);
  await new Promise((resume) => setTimeout(resume, 1));
}
while (dueAt.size > 0) await new Promise((resume) => setTimeout(resume, 1));
for (const socket of sockets) socket.destroy();
admitted.sort((a, b) => a - b);
console.log(JSON.stringify({ admitted, refused, failed }));
process.exit();
