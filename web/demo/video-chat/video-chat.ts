// The video chat page: the form, the call, the chat.
import { connectPeer } from "../../../client/src/index.ts";
import { VideoChat, type Match, type VideoChatUser } from "../../../client/src/video-chat.ts";
import { watchStats } from "../../shared/connection-stats.ts";
import { byId, showState } from "../../shared/dom.ts";
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

let user: VideoChatUser | null = null;
let stream: MediaStream | null = null;
let partner: Match["partner"] | null = null;

const query = new URLSearchParams(location.search);
if (query.get("synthetic") === "1") synthetic.checked = true;

/** Shows what happens to a user of the chat. */
function follow(user: VideoChatUser, own: MediaStream): void {
  user.on("waiting", (position) => {
    partner = null;
    show("waiting", position === 1 ? "Waiting; you are the next." : `Waiting; you are number ${position}.`);
  });
  user.on("matched", (match) => void call(match, own));
  user.on("parted", () => {
    addLine("note", `${partner?.name ?? "Your partner"} has left.`);
    show("left", `${partner?.name ?? "Your partner"} has left; looking for somebody else …`);
    partner = null;
  });
  user.on("chat", ({ message, from }) => addLine("partner", `${from}: ${message}`));
  user.on("lost", () => {
    partner = null;
    show("offline", "The server does not answer; trying again …");
  });
  user.on("refused", (why) => show("failed", why));
  user.on("closed", (error) => void (error !== null && show("failed", error.message)));
}

async function call({ partner: someone, signaling }: Match, own: MediaStream): Promise<void> {
  partner = someone;
  const { name, age } = someone;
  clearLog();
  addLine("note", `You meet ${name}, ${age}.`);
  show("connecting", `Connecting to ${name} …`);
  const ended = new AbortController();
  signaling.on("left", () => ended.abort());
  const prepare = (connection: RTCPeerConnection): void => {
    for (const track of own.getTracks()) connection.addTrack(track, own);
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
  };
  const iceTransportPolicy = query.get("relay") === "1" ? "relay" : "all";
  try {
    const peer = await connectPeer(signaling, { channel: null, iceTransportPolicy, prepare, signal: ended.signal });
    ended.signal.addEventListener("abort", () => peer.close());
  } catch {
    if (!ended.signal.aborted) show("failed", `No way to ${name} was found. Stop finds the next one.`);
  }
}

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
  const profile = {
    name,
    age: byId("age", HTMLInputElement).valueAsNumber,
    gender: byId("gender", HTMLSelectElement).value,
  };
  user = new VideoChat().join(profile);
  follow(user, stream);
}

function leave(): void {
  user?.leave();
  if (stream !== null) closeStream(stream);
  user = null;
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
  user?.next();
};
byId("leave", HTMLButtonElement).onclick = leave;
byId("chat", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  const line = text.value.trim();
  if (line === "" || partner === null) return;
  user?.say(line);
  addLine("own", line);
  text.value = "";
};
addEventListener("pagehide", () => user?.leave());
show("form", "");
