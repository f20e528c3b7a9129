import { z } from "zod";
import type { MessageDoc, SocketDoc } from "../../transport/websocket/documentation.ts";
import { chatText, userData } from "./schema.ts";

const SDP = { type: "offer", sdp: "v=0..." };
const CANDIDATE = { candidate: "candidate:1 1 UDP 2130706431 192.168.1.100 54321 typ host", sdpMid: "0" };
const SOCKET = "mZk3xYl8yTgS6EJHAAAB";

/** What carries signaling, in which field, and a value of it. Anything is passed on as it came, null too. */
const signals = [
  ["offer", "offer", SDP, "A session description that asks"],
  ["answer", "answer", { ...SDP, type: "answer" }, "A session description that agrees"],
  ["ice-candidate", "candidate", CANDIDATE, "A way to reach the partner"],
] as const;

const receives: readonly MessageDoc[] = [
  {
    name: "join",
    summary: "Looks for a partner",
    schema: userData,
    example: { name: "John", age: 25, gender: "male" },
  },
  ...signals.map(([name, field, value, summary]) => ({
    name,
    summary,
    schema: z.object({ [field]: z.unknown().nonoptional() }),
    example: { [field]: value },
  })),
  { name: "chat-message", summary: "Words for the partner", schema: chatText, example: "Hello!" },
  { name: "stop", summary: "Ends the match, and looks for another partner" },
];

const sends: readonly MessageDoc[] = [
  {
    name: "waiting",
    summary: "In the queue; 1 is first",
    schema: z.object({ queuePosition: z.int().min(1) }),
    example: { queuePosition: 1 },
  },
  {
    name: "matched",
    summary: "There is a partner; the initiator sends the offer",
    schema: z.object({ partner: z.object({ name: z.string(), age: z.number() }), initiator: z.boolean() }),
    example: { partner: { name: "Jane", age: 24 }, initiator: true },
  },
  ...signals.map(([name, field, value, summary]) => ({
    name,
    summary,
    schema: z.object({ [field]: z.unknown().nonoptional(), from: z.string() }),
    example: { [field]: value, from: SOCKET },
  })),
  {
    name: "chat-message",
    summary: "The partner's words; the time is in milliseconds",
    schema: z.object({ message: z.string(), from: z.string(), timestamp: z.int() }),
    example: { message: "Hello!", from: "Jane", timestamp: 1_704_067_200_000 },
  },
  { name: "partner-disconnected", summary: "The partner has gone; one is queued again after a second" },
  {
    name: "error",
    summary: "What was sent cannot be used",
    schema: z.object({ message: z.string() }),
    example: { message: "Invalid user data" },
  },
];

export const doc: SocketDoc = {
  id: "videoChat",
  title: "Video chat",
  description: "Socket.IO v4, main namespace. A message is an event of its name, with one argument or none.",
  receives,
  sends,
};
