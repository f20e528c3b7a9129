import { z } from "zod";
import type { MessageDoc, SocketDoc } from "../../transport/websocket/documentation.ts";
import { about, message } from "./schema.ts";

const EMPTY = { from_email: "", from_token: "", from_device: "", to_email: "", to_device: "" };
const ROUTED = {
  from_email: "user@example.com",
  from_token: "",
  from_device: "my-device-id",
  to_email: "friend@example.com",
  to_device: "friend-device-id",
};
const SOCKET = "49fd1ed5-0024-410c-99a5-f60163d83f1b";

/** What is passed on to another device just as it came. */
const forwards = {
  try_connect: ["A wish to connect", { request_id: "unique-request-id" }],
  sdp_offer: ["A session description that asks", { sdp: "v=0\n...", type: "offer" }],
  sdp_answer: ["A session description that agrees", { sdp: "v=0\n...", type: "answer" }],
  ice_candidate: ["A way to reach the device", { candidate: "candidate:1 ...", sdpMid: "0", sdpMLineIndex: 0 }],
} as const;

const named = (event: string) => z.object({ ...message.shape, event: z.literal(event) });

const simple = (event: string, summary: string): MessageDoc => ({
  name: event,
  summary,
  schema: named(event),
  example: { ...EMPTY, from_email: "user@example.com", event, payload: {} },
});

const forwarded = Object.entries(forwards).map(([event, [summary, payload]]): MessageDoc => ({
  name: event,
  summary,
  schema: named(event),
  example: { ...ROUTED, event, payload },
}));

/** Whoever gets it gets what was sent, and what was left out is left out there as well. */
function asItCame(event: string) {
  const text = z.string().nullish();
  const addresses = { from_email: text, from_device: text, to_email: text, to_device: text };
  return z.looseObject({ ...addresses, from_token: z.literal("").optional(), event: z.literal(event) });
}

const receives: readonly MessageDoc[] = [
  {
    name: "register",
    summary: "Says whose device this is; the first message of a socket",
    schema: named("register").extend({ payload: about.nullish() }),
    example: {
      ...EMPTY,
      from_email: "user@example.com",
      from_token: "uuid-token-from-login",
      from_device: "my-device-id",
      event: "register",
      payload: { device_name: "My Laptop", device_type: "desktop" },
    },
  },
  simple("check", "Asks which contacts are online"),
  simple("connect", "Asks for a sign of life"),
  simple("ping", "A sign of life, every 30 s"),
  ...forwarded,
  simple("disconnect", "The device goes"),
];

const device = z.object({
  device_id: z.string(),
  socket_id: z.string(),
  device_name: z.string().nullable(),
  device_type: z.string().nullable(),
});

const news = (event: "user_joined" | "user_left", summary: string): MessageDoc => ({
  name: event,
  summary,
  schema: z.object({
    from_email: z.string(),
    from_token: z.literal(""),
    from_device: z.string(),
    to_email: z.literal(""),
    to_device: z.literal(""),
    event: z.literal(event),
    payload: z.object({ email: z.string(), device_id: z.string() }),
  }),
  example: {
    ...EMPTY,
    from_email: "friend@example.com",
    from_device: "friend-device-id",
    event,
    payload: { email: "friend@example.com", device_id: "friend-device-id" },
  },
});

const sends: readonly MessageDoc[] = [
  {
    name: "registered",
    summary: "The device is registered",
    schema: z.object({ event: z.literal("register"), status: z.literal("ok"), socket_id: z.string() }),
    example: { event: "register", status: "ok", socket_id: SOCKET },
  },
  {
    name: "register_refused",
    summary: "The device may not register; the socket is closed",
    schema: z.object({ event: z.literal("register"), status: z.literal("error"), error: z.string() }),
    example: { event: "register", status: "error", error: "Invalid or expired token" },
  },
  {
    name: "online",
    summary: "The answer to `check`: a bare array",
    schema: z.array(z.object({ email: z.string(), devices: z.array(device) })),
    example: [
      {
        email: "friend@example.com",
        devices: [
          { device_id: "friend-device-id", socket_id: SOCKET, device_name: "Work Laptop", device_type: "desktop" },
        ],
      },
    ],
  },
  {
    name: "connected",
    summary: "The answer to `connect`",
    schema: z.object({ event: z.literal("connected"), status: z.literal("ok") }),
    example: { event: "connected", status: "ok" },
  },
  {
    name: "pong",
    summary: "The answer to `ping`; the time is in seconds",
    schema: z.object({ event: z.literal("pong"), timestamp: z.int() }),
    example: { event: "pong", timestamp: 1_707_417_600 },
  },
  news("user_joined", "A contact's device, or another one of one's own, is there"),
  news("user_left", "It has gone"),
  ...forwarded.map((one) => ({ ...one, schema: asItCame(one.name) })),
  {
    name: "target_not_found",
    summary: "A message could not be passed on: nobody reachable is there",
    schema: z.object({
      event: z.literal("target_not_found"),
      error: z.string(),
      target_email: z.string(),
      target_device: z.string(),
    }),
    example: {
      event: "target_not_found",
      error: "User friend@example.com with device friend-device-id is not online",
      target_email: "friend@example.com",
      target_device: "friend-device-id",
    },
  },
  {
    name: "error",
    summary: "A message was not understood, or the store is away",
    schema: z.object({
      event: z.literal("error"),
      error: z.string(),
      target_email: z.string().optional(),
      target_device: z.string().optional(),
    }),
    example: { event: "error", error: "Not registered" },
  },
];

export const doc: SocketDoc = {
  id: "devices",
  title: "Devices",
  description: "Presence and routed signaling of people's devices. Fields that are left out count as empty.",
  receives,
  sends,
};
