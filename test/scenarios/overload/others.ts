// The others, who should notice nothing: beats, finds, a relay in a room and frames to a viewer, one of each every 10 ms.
// Run: bun others.ts <url>. Each line of input ends a stretch of time; what it was like is answered as a line of JSON: by
// kind the times in ms from when each was due, and what was refused or failed.
import { createInterface } from "node:readline";
import { arenaClient } from "../../support/arena-client.ts";
import { publisher } from "../../support/match-stream.ts";
import { openRoomPeer } from "../../support/room-peer.ts";

export interface Stretch {
  readonly took: Readonly<Record<string, readonly number[]>>;
  readonly refused: number;
  readonly failed: readonly string[];
  /** How late this process itself came to what was due, in ms: that is nothing of the server's. */
  readonly late: readonly number[];
}

const EACH_MS = 10;
const url = process.argv[2]!;
const wsUrl = url.replace(/^http/, "ws");
let took: Record<string, number[]> = {};
let refused = 0;
let failed: string[] = [];
let late: number[] = [];

const post = async (path: string, body: object): Promise<void> => {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  await response.text();
  if (response.status === 503) refused++;
  else if (response.status >= 500) failed.push(`${path}: ${response.status}`);
};

function repeat(kind: string, step: (n: number) => Promise<void>): void {
  let n = 0;
  setInterval(() => {
    const due = performance.now();
    step(n++).then(
      () => (took[kind] ??= []).push(performance.now() - due),
      (error: unknown) => (String(error).includes("503") ? refused++ : failed.push(`${kind}: ${String(error)}`)),
    );
  }, EACH_MS);
}

const [a, b] = [await openRoomPeer(wsUrl, "others"), await openRoomPeer(wsUrl, "others")];
const api = arenaClient(() => url);
const { id } = await api.match();
const agent = publisher(() => ({ url }), id);
await agent.start();
const viewer = new WebSocket(`${wsUrl}/ws/match/${id}`);
const seen = new Map<number, () => void>();
viewer.onmessage = ({ data }) => {
  const { type, frame } = JSON.parse(data as string);
  if (type === "frame") seen.get(frame)?.();
};
viewer.onclose = ({ code }) => failed.push(`the viewer was closed ${code}`);
await new Promise((opened) => (viewer.onopen = opened));

console.log(JSON.stringify({ match: id }));
const watchOwn = (): void => {
  const due = performance.now() + EACH_MS;
  setTimeout(() => {
    late.push(performance.now() - due);
    watchOwn();
  }, EACH_MS);
};
watchOwn();
repeat("beat", (n) => post("/api/host/heartbeat", { hostId: `h${n % 50}`, roomId: `r${n % 50}`, region: "others" }));
repeat("find", () => post("/api/match/find", { region: "nowhere" }));
const relayed = new Map<string, () => void>();
const listen = async (): Promise<never> => {
  for (;;) relayed.get((await b.next("offer"))["sdp"])?.();
};
listen().catch((error: unknown) => failed.push(`relay: ${String(error)}`));
repeat("relay", async (n) => {
  const arrived = new Promise<void>((hear) => relayed.set(`${n}`, hear));
  a.send({ type: "offer", sdp: `${n}` });
  await arrived;
  relayed.delete(`${n}`);
});
repeat("frame", async (n) => {
  const arrived = new Promise<void>((see) => seen.set(n, see));
  await agent.frames([n]);
  await arrived;
  seen.delete(n);
});

for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ took, refused, failed, late } satisfies Stretch));
  [took, refused, failed, late] = [{}, 0, [], []];
}
process.exit();
