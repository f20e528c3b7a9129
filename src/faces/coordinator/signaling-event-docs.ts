import { z } from "zod";
import type { MessageDoc, SocketDoc } from "../../transport/websocket/documentation.ts";
import { frames, handshake } from "./signaling-schema.ts";

const SDP = "v=0\r\no=- 123456789 2 IN IP4 127.0.0.1\r\n...";
const CANDIDATE = "candidate:1 1 UDP 2130706431 192.168.1.100 54321 typ host";
const SESSION = "session-abc123";

const receives: readonly MessageDoc[] = [
  {
    name: "join",
    summary: "Enters a session, or asks who is in it",
    schema: frames.join,
    example: { type: "join", session_id: SESSION },
  },
  {
    name: "offer",
    summary: "Leaves an offer for the other peers, or for one",
    schema: frames.offer,
    example: { type: "offer", to_peer_id: "peer-67890", sdp: SDP },
  },
  {
    name: "answer",
    summary: "Leaves an answer for the other peers, or for one",
    schema: frames.answer,
    example: { type: "answer", to_peer_id: "peer-67890", sdp: SDP },
  },
  {
    name: "ice-candidate",
    summary: "Leaves a candidate for the other peers, or for one",
    schema: frames["ice-candidate"],
    example: { type: "ice-candidate", to_peer_id: "peer-67890", candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 },
  },
  { name: "leave", summary: "Leaves the session", schema: frames.leave, example: { type: "leave" } },
];

/** What every letter carries. */
const letter = {
  peer_id: z.string().meta({ description: "Who sent it." }),
  from: z.string().meta({ description: "The same as `peer_id`." }),
  to_peer_id: z.string().nullable().meta({ description: "Whom it is for; null: everybody." }),
  cursor: z.string().meta({ description: "Connect with it as `after` to go on behind this." }),
};

const FROM = { peer_id: "peer-12345", from: "peer-12345", to_peer_id: "peer-67890" };
const CURSOR = { cursor: "1762509600000000" };

const peerNews = (type: "peer-joined" | "peer-left", summary: string): MessageDoc => ({
  name: type,
  summary,
  schema: z.object({ type: z.literal(type), peer_id: z.string() }),
  example: { type, peer_id: "peer-12345" },
});

const sends: readonly MessageDoc[] = [
  {
    name: "session-joined",
    summary: "The peer is in the session",
    schema: z.object({ type: z.literal("session-joined"), session_id: z.string(), peers: z.array(z.string()) }),
    example: { type: "session-joined", session_id: SESSION, peers: ["peer-67890"] },
  },
  {
    name: "session-left",
    summary: "The peer has left the session",
    schema: z.object({ type: z.literal("session-left"), session_id: z.string() }),
    example: { type: "session-left", session_id: SESSION },
  },
  peerNews("peer-joined", "Another peer came"),
  peerNews("peer-left", "Another peer has gone"),
  {
    name: "offer",
    summary: "An offer of another peer; `polite`: whether the reader gives way if its own crosses this one",
    schema: z.object({ type: z.literal("offer"), ...letter, sdp: frames.offer.shape.sdp, polite: z.boolean() }),
    example: { type: "offer", ...FROM, sdp: SDP, polite: true, ...CURSOR },
  },
  {
    name: "answer",
    summary: "An answer of another peer",
    schema: z.object({ type: z.literal("answer"), ...letter, sdp: frames.answer.shape.sdp }),
    example: { type: "answer", ...FROM, sdp: SDP, ...CURSOR },
  },
  {
    name: "ice-candidate",
    summary: "A candidate of another peer",
    schema: z.object({
      ...frames["ice-candidate"].pick({ type: true, candidate: true, sdpMid: true, sdpMLineIndex: true }).shape,
      usernameFragment: frames["ice-candidate"].shape.usernameFragment,
      ...letter,
    }),
    example: { type: "ice-candidate", ...FROM, candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0, ...CURSOR },
  },
  {
    name: "error",
    summary: "A frame was refused, or the handshake",
    schema: z.object({ type: z.literal("error"), detail: z.string(), message: z.string() }),
    example: { type: "error", detail: "Join a session first.", message: "Join a session first." },
  },
];

export const doc: SocketDoc = {
  id: "coordinatorSignaling",
  title: "Coordinator signaling",
  description: "A session's mailbox, told at once; `docs/coordinator-signaling.md` has the whole of it.",
  query: handshake,
  receives,
  sends,
};
