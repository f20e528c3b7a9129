// A player: finds a free host, joins its room, shows its picture and sends the mouse back.
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
import { RoomPeer } from "../../shared/room-peer.ts";
import { watchPointer } from "./input.ts";
import { relayOnly } from "./relay-only.ts";

const play = byId("play", HTMLButtonElement);
const leave = byId("leave", HTMLButtonElement);
const video = byId("screen", HTMLVideoElement);
const message = byId("message", HTMLElement);
const transportPolicy = relayOnly();

let room: RoomPeer | null = null;
let input: RTCDataChannel | null = null;

async function findHost(): Promise<void> {
  show("searching", "Looking for a free host …");
  let answer: Response;
  try {
    answer = await fetch("/api/match/find", { method: "POST" });
  } catch {
    return show("failed", "The server does not answer. Press Play to try again.");
  }
  if (answer.status === 404) return show("none", "No host is free. Press Play to try again.");
  if (!answer.ok) return show("failed", `The server answers ${answer.status}. Press Play to try again.`);
  const { signalingUrl, roomId } = (await answer.json()) as { signalingUrl: string; roomId: string };
  join(signalingUrl, roomId);
}

function join(signalingUrl: string, roomId: string): void {
  room = new RoomPeer({
    signalingUrl,
    roomId,
    iceTransportPolicy: transportPolicy(),
    met: (connection) => watchDesktop(connection),
    parted: () => stop("left", "The host has left."),
    ended: (why) => stop("failed", why),
  });
  show("connecting", "Found one, connecting …");
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
  room?.leave();
  room = null;
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
