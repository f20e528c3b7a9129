// WebSocket clients that do as they are told: one command in JSON a line comes in, one answer goes out.
import { createInterface } from "node:readline";
import { atRate } from "../../harness/latency.ts";
import type { ClientScript, Command, Sent } from "../clients.ts";

/** Handshakes that are under way at once. */
const AT_ONCE = 100;

/** How long what was sent may take to arrive once the last was sent, in ms. */
const LATE_MS = 2_000;

const sockets: WebSocket[] = [];
/** Scripts whose last step needs another client, such as its partner. */
const underWay: Promise<void>[] = [];
let arrived = 0;
let lost = 0;

async function obey(command: Command): Promise<Sent | null> {
  switch (command.do) {
    case "open":
      await openAll(command.url, command.scripts);
      return null;
    case "send":
      return send(command);
    case "close":
      for (const socket of sockets.splice(0)) socket.close();
      return null;
  }
}

async function openAll(url: string, scripts: readonly ClientScript[]): Promise<void> {
  let next = 0;
  const first = sockets.length;
  const worker = async (): Promise<void> => {
    while (next < scripts.length) {
      const at = next++;
      const { socket, opened } = begin(url, scripts[at]!);
      sockets[first + at] = socket;
      await opened;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await Promise.all(underWay.splice(0));
}

function begin(url: string, { first, steps }: ClientScript): { socket: WebSocket; opened: Promise<void> } {
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  underWay.push(done.promise);
  let step = 0;
  socket.onopen = () => {
    if (first !== undefined) socket.send(first);
    if (steps.length < 2) opened.resolve();
  };
  socket.onmessage = ({ data }) => {
    const text = data as string;
    // The ping of Engine.IO.
    if (text === "2") return socket.send("3");
    if (step === steps.length) return void arrived++;
    const [awaited, answer] = steps[step]!;
    if (!text.includes(awaited)) return;
    if (answer !== undefined) socket.send(answer);
    if (++step >= steps.length - 1) opened.resolve();
    if (step === steps.length) done.resolve();
  };
  socket.onclose = ({ code, reason }) => {
    lost++;
    const error = new Error(`a socket was closed: ${code} ${reason}`);
    opened.reject(error);
    done.reject(error);
  };
  done.promise.catch(() => undefined);
  return { socket, opened: opened.promise };
}

async function send({ texts, perSecond, seconds }: Command & { do: "send" }): Promise<Sent> {
  const before = process.cpuUsage();
  const began = performance.now();
  arrived = lost = 0;
  let sent = 0;
  await atRate({ perSecond, seconds }, () => {
    const turn = Math.floor(sent / sockets.length);
    sockets[sent % sockets.length]!.send(texts[turn % texts.length]!);
    sent++;
  });
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  for (const end = performance.now() + LATE_MS; arrived < sent && performance.now() < end;) await Bun.sleep(5);
  return { sent, arrived, lost, generator: (user + system) / 1_000 / took };
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(await obey(JSON.parse(line) as Command)));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
process.exit(0);
