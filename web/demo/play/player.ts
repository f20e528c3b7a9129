// A player: finds a free host, joins its room, shows its picture and sends the mouse back.
import { connectPeer, HostPool, Rooms, type Peer, type Room } from "../../../client/src/index.ts";
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
import { watchPointer } from "./input.ts";
import { relayOnly } from "./relay-only.ts";

const play = byId("play", HTMLButtonElement);
const leave = byId("leave", HTMLButtonElement);
const video = byId("screen", HTMLVideoElement);
const message = byId("message", HTMLElement);
const transportPolicy = relayOnly();

let room: Room | null = null;
let peer: Peer | null = null;
let input: RTCDataChannel | null = null;

async function findHost(): Promise<void> {
  show("searching", "Looking for a free host …");
  try {
    const found = await new HostPool({ retries: 0 }).find();
    if (found === null) show("none", "No host is free. Press Play to try again.");
    else await join(found.signalingUrl, found.roomId);
  } catch (error) {
    show("failed", `${(error as Error).message}. Press Play to try again.`);
  }
}

async function join(signalingUrl: string, roomId: string): Promise<void> {
  const seat = new Rooms().join(roomId, { signalingUrl });
  room = seat;
  show("connecting", "Found one, connecting …");
  seat.on("closed", (error) => void (error !== null && stop("failed", error.message)));
  seat.on("left", () => stop("left", "The host has left."));
  const iceTransportPolicy = transportPolicy();
  try {
    peer = await connectPeer(seat.meet(), { channel: null, iceTransportPolicy, prepare: watchDesktop });
    peer.on("left", () => stop("left", "The host has left."));
  } catch {
    if (room === seat) stop("failed", noPath());
  }
}

function watchDesktop(connection: RTCPeerConnection): void {
  connection.ontrack = ({ streams }) => {
    video.srcObject = streams[0] ?? null;
  };
  connection.ondatachannel = ({ channel }) => {
    input = channel;
  };
  connection.addEventListener("connectionstatechange", () => {
    const { connectionState } = connection;
    if (connectionState === "connected") show("playing", "Connected.");
    else if (connectionState === "disconnected") show("connecting", "The connection is interrupted …");
    else if (connectionState === "failed") show("failed", noPath());
  });
  watchStats(connection);
}

function noPath(): string {
  return transportPolicy() === "relay"
    ? "No way through a relay. Has the operator set TURN_URLS?"
    : "No way to the host was found. A TURN server (TURN_URLS) would help.";
}

/** Ends the session, if there is one, and shows why. */
function stop(state: string, sentence: string): void {
  peer?.close();
  room?.leave();
  peer = room = null;
  input = null;
  video.srcObject = null;
  show(state, sentence);
}

function show(state: string, sentence: string): void {
  showState(state, sentence);
  message.textContent = state === "ready" ? "Press Play." : sentence;
  message.hidden = state === "playing";
  play.disabled = room !== null || state === "searching";
  leave.disabled = room === null;
}

play.onclick = () => void findHost();
leave.onclick = () => stop("ready", "Ready.");
addEventListener("pagehide", () => stop("ready", "Ready."));
watchPointer(video, (event) => {
  if (input?.readyState === "open") input.send(JSON.stringify(event));
});
show("ready", "Ready.");
