// A host: registers in the pool, waits in its room, and shows its desktop to whoever comes.
import { connectPeer, HostPool, Rooms, type PooledHost, type Room } from "../../../client/src/index.ts";
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
import { Desktop } from "./desktop.ts";
import type { PointerInput } from "./input.ts";
import { relayOnly } from "./relay-only.ts";

const FRAMES_PER_SECOND = 30;

const open = byId("open", HTMLButtonElement);
const leave = byId("leave", HTMLButtonElement);
const canvas = byId("desktop", HTMLCanvasElement);
const transportPolicy = relayOnly();

const desktop = new Desktop(canvas);
const stream = canvas.captureStream(FRAMES_PER_SECOND);

let registration: PooledHost | null = null;
let room: Room | null = null;
/** Who plays here, or is about to. */
let player: string | null = null;
let playing = false;
let inPool = false;

function becomeHost(): void {
  open.disabled = true;
  leave.disabled = false;
  const roomId = crypto.randomUUID();
  // The room comes first: once in the pool, a player may come at any moment.
  const seat = new Rooms().join(roomId);
  room = seat;
  seat.on("joined", (peerId) => void receive(seat, peerId));
  seat.on("closed", (error) => {
    if (error === null) return;
    stopHosting();
    showState("failed", error.message);
  });
  const gameInfo = { name: "Canvas desktop", specs: "A browser" };
  registration = new HostPool().keep({ hostId: crypto.randomUUID(), roomId, gameInfo });
  registration.on("beat", (alive) => {
    inPool = alive;
    show();
  });
}

/** This demo talks to one player, even in a larger room. */
async function receive(seat: Room, peerId: string): Promise<void> {
  if (player !== null) return;
  player = peerId;
  const iceTransportPolicy = transportPolicy();
  const way = seat.signaling(peerId);
  const hasLeft = new Promise((left) => way.on("left", left));
  const connecting = connectPeer(way, { channel: null, iceTransportPolicy, prepare: shareDesktop });
  const peer = await connecting.catch(() => null);
  await hasLeft;
  peer?.close();
  player = null;
  playing = false;
  desktop.pointerLeft();
  show();
}

function shareDesktop(connection: RTCPeerConnection): void {
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  const input = connection.createDataChannel("input");
  input.onmessage = ({ data }) => takeInput(JSON.parse(data as string) as PointerInput);
  connection.addEventListener("connectionstatechange", () => {
    playing = connection.connectionState === "connected";
    show();
  });
  watchStats(connection);
}

let clicks = 0;

function takeInput(input: PointerInput): void {
  desktop.pointer(input);
  if (input.type === "down") clicks++;
  byId("pointer", HTMLElement).textContent = `${input.x.toFixed(3)} ${input.y.toFixed(3)}`;
  byId("clicks", HTMLElement).textContent = String(clicks);
}

function stopHosting(): void {
  void registration?.leave();
  room?.leave();
  registration = null;
  room = null;
  playing = false;
  inPool = false;
  desktop.pointerLeft();
  open.disabled = false;
  leave.disabled = true;
  show();
}

function show(): void {
  if (registration === null) showState("closed", "Not in the pool.");
  else if (playing) showState("playing", "Somebody plays here.");
  else if (inPool) showState("idle", "In the pool, waiting for a player.");
  else showState("offline", "The server does not answer; trying again.");
}

open.onclick = becomeHost;
leave.onclick = stopHosting;
addEventListener("pagehide", stopHosting);
// Browsers slow down the timers of hidden tabs, so the pool may have forgotten us.
document.addEventListener("visibilitychange", () => void (document.hidden || registration?.beat()));
show();
