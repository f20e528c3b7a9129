// A host: registers in the pool, waits in its room, and shows its desktop to whoever comes.
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
import { RoomPeer } from "../../shared/room-peer.ts";
import { Desktop } from "./desktop.ts";
import { HostRegistration } from "./host-registration.ts";
import type { PointerInput } from "./input.ts";
import { relayOnly } from "./relay-only.ts";

const FRAMES_PER_SECOND = 30;

const open = byId("open", HTMLButtonElement);
const leave = byId("leave", HTMLButtonElement);
const canvas = byId("desktop", HTMLCanvasElement);
const transportPolicy = relayOnly();

const desktop = new Desktop(canvas);
const stream = canvas.captureStream(FRAMES_PER_SECOND);

let registration: HostRegistration | null = null;
let room: RoomPeer | null = null;
/** A player is here. */
let playing = false;
let inPool = false;

async function becomeHost(): Promise<void> {
  open.disabled = true;
  leave.disabled = false;
  registration = new HostRegistration((alive) => {
    inPool = alive;
    show();
  });
  // The room comes first: once in the pool, a player may come at any moment.
  room = new RoomPeer({
    signalingUrl: location.origin.replace(/^http/, "ws") + "/signaling",
    roomId: registration.roomId,
    iceTransportPolicy: transportPolicy(),
    met: (connection) => shareDesktop(connection),
    parted: () => {
      playing = false;
      desktop.pointerLeft();
      show();
    },
    ended: (why) => {
      stopHosting();
      showState("failed", why);
    },
  });
  await registration.start();
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
  registration?.leave();
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

open.onclick = () => void becomeHost();
leave.onclick = stopHosting;
addEventListener("pagehide", stopHosting);
// Browsers slow down the timers of hidden tabs, so the pool may have forgotten us.
document.addEventListener("visibilitychange", () => void (document.hidden || registration?.beat()));
show();
