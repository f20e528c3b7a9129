// The video chat page: the form, the call, the chat.
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
import { VideoChatPeer, type Partner, type VideoChatListener } from "../../shared/video-chat-peer.ts";
import { addLine, clearLog } from "./chat-log.ts";
import { closeStream, openCamera, openSynthetic } from "./streams.ts";

const form = byId("introduce", HTMLFormElement);
const synthetic = byId("synthetic", HTMLInputElement);
const room = byId("room", HTMLElement);
const stop = byId("stop", HTMLButtonElement);
const message = byId("message", HTMLElement);
const partnerVideo = byId("partner", HTMLVideoElement);
const ownVideo = byId("own", HTMLVideoElement);
const text = byId("text", HTMLInputElement);

let peer: VideoChatPeer | null = null;
let stream: MediaStream | null = null;
let partner: Partner | null = null;

const query = new URLSearchParams(location.search);
if (query.get("synthetic") === "1") synthetic.checked = true;

const listener: VideoChatListener = {
  waiting(position) {
    partner = null;
    show("waiting", position === 1 ? "Waiting; you are the next." : `Waiting; you are number ${position}.`);
  },
  matched(someone) {
    partner = someone;
    clearLog();
    addLine("note", `You meet ${someone.name}, ${someone.age}.`);
    show("connecting", `Connecting to ${someone.name} …`);
  },
  calling(connection) {
    const { name } = partner!;
    connection.ontrack = ({ streams }) => {
      partnerVideo.srcObject = streams[0] ?? null;
    };
    connection.addEventListener("connectionstatechange", () => {
      const { connectionState } = connection;
      if (connectionState === "connected") show("connected", `Connected to ${name}.`);
      else if (connectionState === "disconnected") show("connecting", `The connection to ${name} is interrupted …`);
      else if (connectionState === "failed") show("failed", `No way to ${name} was found. Stop finds the next one.`);
    });
    watchStats(connection);
  },
  partnerLeft() {
    addLine("note", `${partner?.name ?? "Your partner"} has left.`);
    show("left", `${partner?.name ?? "Your partner"} has left; looking for somebody else …`);
    partner = null;
  },
  chat: ({ message, from }) => addLine("partner", `${from}: ${message}`),
  offline() {
    partner = null;
    show("offline", "The server does not answer; trying again …");
  },
  failed: (why) => show("failed", why),
};

async function begin(): Promise<void> {
  const name = byId("name", HTMLInputElement).value.trim();
  const source = synthetic.checked ? openSynthetic(name) : await openCamera(name);
  stream = source.stream;
  ownVideo.srcObject = stream;
  clearLog();
  if (source.note !== undefined) addLine("note", source.note);
  form.hidden = byId("introduction", HTMLElement).hidden = true;
  room.hidden = false;
  show("offline", "Asking the server …");
  peer = new VideoChatPeer({
    profile: {
      name,
      age: byId("age", HTMLInputElement).valueAsNumber,
      gender: byId("gender", HTMLSelectElement).value,
    },
    stream,
    iceTransportPolicy: query.get("relay") === "1" ? "relay" : "all",
    listener,
  });
}

function leave(): void {
  peer?.leave();
  if (stream !== null) closeStream(stream);
  peer = null;
  stream = null;
  partner = null;
  form.hidden = byId("introduction", HTMLElement).hidden = false;
  room.hidden = true;
  show("form", "");
}

function show(state: string, sentence: string): void {
  showState(state, sentence);
  message.textContent = sentence;
  message.hidden = state === "connected";
  if (state !== "connected" && state !== "connecting") partnerVideo.srcObject = null;
  stop.disabled = partner === null;
}

form.onsubmit = (event) => {
  event.preventDefault();
  void begin();
};
stop.onclick = () => {
  addLine("note", "You stopped.");
  peer?.stop();
};
byId("leave", HTMLButtonElement).onclick = leave;
byId("chat", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  const line = text.value.trim();
  if (line === "" || partner === null) return;
  peer?.say(line);
  addLine("own", line);
  text.value = "";
};
addEventListener("pagehide", () => peer?.leave());
show("form", "");
