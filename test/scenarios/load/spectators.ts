import { aFrame, START } from "../../support/match-stream.ts";
import { Client, pause, type LoadContext, type Population } from "./context.ts";

const CHANNEL = "streams";
/** Frames of a batch, and how often one is sent, in ms. */
const [BATCH, BATCH_MS] = [6, 100];
/** Batches of a match. */
const BATCHES = 30;

let viewersSoFar = 0;

/** Matches of the arena that are streamed and watched. Frames may be dropped, but come once and in order. */
export function startSpectators(
  load: LoadContext,
  size: { readonly streams: number; readonly viewers: number },
): Population {
  const open = new Set<WebSocket>();
  const streams = Array.from({ length: size.streams }, (_, at) => {
    const client = new Client(load, "streams", at);
    return load.every(100, () => stream(load, client, at, size.viewers, open));
  });
  return {
    face: "streams",
    finished: Promise.all(streams),
    close: () => open.forEach((socket) => socket.close()),
  };
}

async function stream(
  load: LoadContext,
  client: Client,
  at: number,
  viewers: number,
  open: Set<WebSocket>,
): Promise<void> {
  const match = load.history.of("matched").findLast(({ queue }) => queue === "arena")?.match;
  if (match === undefined) return;
  const path = `/matches/${match}/stream`;
  if ((await client.ask("start", "POST", `${path}/start`, START)).fate !== "done") return;
  for (let n = 0; n < viewers; n++) watch(load, match, `viewer-${viewersSoFar++}`, at + n, open);
  for (let batch = 0; batch < BATCHES && !load.isOver; batch++) {
    const frames = Array.from({ length: BATCH }, (_, n) => aFrame(-123 + batch * BATCH + n));
    await client.ask("frames", "POST", `${path}/frames`, { frames });
    await pause(BATCH_MS);
  }
  await client.insist("end", "POST", `${path}/end`, { winner_port: 1, final_score: [3, 1] });
}

function watch(load: LoadContext, match: string, who: string, at: number, open: Set<WebSocket>): void {
  const { world, history } = load;
  const node = world.nodes[at % world.nodes.length]!;
  const socket = new WebSocket(`${node.wsUrl}/ws/match/${match}`);
  open.add(socket);
  socket.onclose = () => open.delete(socket);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data as string);
    if (message.type === "frame") {
      const names = { from: match, fromSocket: match, to: who, socket: who };
      history.add("delivered", { channel: CHANNEL, ...names, n: message.frame }, node.name);
    }
    if (message.type === "match_end") socket.close(1000);
  };
}
