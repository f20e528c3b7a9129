import type { ClientScript } from "./clients.ts";

/** Where a client of Socket.IO connects that begins with a WebSocket. */
export const CHAT_PATH = "/socket.io/?EIO=4&transport=websocket";

function event(name: string, ...args: readonly unknown[]): string {
  return `42${JSON.stringify([name, ...args])}`;
}

/** Strangers of both sides in turn, so that they find each other two by two. */
export function chatters(count: number): ClientScript[] {
  return Array.from({ length: count }, (_, n) => ({
    steps: [
      ["0{", "40"],
      ["40{", event("join", { name: `Chatter ${n}`, age: 20 + (n % 50), gender: n % 2 === 0 ? "male" : "female" })],
      ['42["matched"'],
    ],
  }));
}

const CANDIDATE = "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.168.1.7 rport 46154";

/** A description of audio and video, as long as those of browsers without their lists of rarer codecs. */
const SDP = [
  "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n",
  ...Array.from({ length: 24 }, (_, n) => `a=rtpmap:${96 + n} VP8/90000\r\na=rtcp-fb:${96 + n} goog-remb\r\n`),
].join("");

/** What each of a pair sends in the course of a call: a description, candidates as they are found, and a few words. */
export const call: readonly string[] = [
  event("offer", { offer: { type: "offer", sdp: SDP } }),
  ...Array.from({ length: 10 }, (_, n) =>
    event("ice-candidate", { candidate: { candidate: `${CANDIDATE} generation ${n}`, sdpMid: "0", sdpMLineIndex: 0 } }),
  ),
  event("answer", { answer: { type: "answer", sdp: SDP } }),
  ...Array.from({ length: 4 }, (_, n) => event("chat-message", `Hello there, this is what I wanted to say: ${n}`)),
];
