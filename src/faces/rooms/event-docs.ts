import { z } from "zod";
import type { MessageDoc, SocketDoc } from "../../transport/websocket/documentation.ts";
import { frame, handshake } from "./schema.ts";

const PEER = "b3c9f8a0-52a4-4a0d-8f4f-6d0f3f1f2c22";
const SELF = "3f0d6f52-7c1c-4f0e-9d5a-0f6f0a1f7a11";

const iceServer = z.object({
  urls: z.string(),
  username: z.string().optional(),
  credential: z.string().optional(),
});

/** What peers send each other: the same object both ways, to its receiver with `from`. */
const signals = {
  offer: { summary: "A session description that asks", fields: { sdp: "v=0..." } },
  answer: { summary: "A session description that agrees", fields: { sdp: "v=0..." } },
  "ice-candidate": {
    summary: "A way to reach the peer; empty: there are no more",
    fields: { candidate: { candidate: "candidate:1 1 UDP 2130706431 192.168.1.100 54321 typ host" } },
  },
  bye: { summary: "The peer is about to go", fields: {} },
} as const;

const both = Object.entries(signals) as readonly [keyof typeof signals, (typeof signals)[keyof typeof signals]][];

const receives: readonly MessageDoc[] = both.map(([type, { summary, fields }]) => ({
  name: type,
  summary,
  schema: z.looseObject({ ...frame.shape, type: z.literal(type) }),
  example: { type, ...fields },
}));

const peerNews = (type: "peer-joined" | "peer-left", summary: string): MessageDoc => ({
  name: type,
  summary,
  schema: z.object({ type: z.literal(type), peerId: z.string() }),
  example: { type, peerId: PEER },
});

const sends: readonly MessageDoc[] = [
  {
    name: "welcome",
    summary: "The peer has a seat: the first frame",
    schema: z.object({
      type: z.literal("welcome"),
      peerId: z.string(),
      peers: z.array(z.string()).meta({ description: "The others, in order of arrival." }),
      polite: z.boolean(),
      iceServers: z.array(iceServer),
      resumeToken: z.string().meta({ description: "Stands for the seat: keep it secret." }),
    }),
    example: {
      type: "welcome",
      peerId: SELF,
      peers: [PEER],
      polite: true,
      iceServers: [{ urls: "stun:stun.example.net:3478" }],
      resumeToken: "QHd1lWXMIxni2zL7o9WMoWA_qoWLSz-X",
    },
  },
  {
    name: "resumed",
    summary: "The peer has its old seat again; `recovered`: and everything it missed follows",
    schema: z.object({ type: z.literal("resumed"), recovered: z.boolean() }),
    example: { type: "resumed", recovered: true },
  },
  peerNews("peer-joined", "Somebody came"),
  peerNews("peer-left", "Somebody has gone for good"),
  ...both.map(([type, { summary, fields }]) => ({
    name: type,
    summary,
    schema: z.looseObject({ type: z.literal(type), from: z.string() }),
    example: { type, ...fields, from: PEER },
  })),
  {
    name: "error",
    summary: "A frame went nowhere, or the peer is not let in",
    schema: z.object({ type: z.literal("error"), code: z.string(), message: z.string() }),
    example: { type: "error", code: "peer_not_found", message: "No such peer in this room." },
  },
];

export const doc: SocketDoc = {
  id: "rooms",
  title: "Room signaling",
  description:
    "Offers, answers and candidates between the peers of a room; `docs/rooms-protocol.md` has the whole of it.",
  query: handshake,
  receives,
  sends,
};
