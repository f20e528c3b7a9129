import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { GroupDoc, RouteDoc } from "../../transport/http/documentation.ts";

const success = z.object({ success: z.literal(true) });

const iceServer = z.object({
  urls: z.string().meta({ description: "One URL an entry (RFC 7064, RFC 7065)." }),
  username: z.string().optional(),
  credential: z.string().optional(),
});

/** Find words its refusals in its own way. */
const notFound = z.object({ found: z.literal(false), message: z.string() });

export const groupDoc: GroupDoc = {
  title: "Host pool",
  description:
    "Cloud-gaming hosts say that they are there, and a player gets a free one. A host lives for its `ttl` after each " +
    "beat, and waits for its player in the signaling room it names.",
  error: z.object({ success: z.literal(false), error: z.string() }),
  refusals: [problem("store_unavailable")],
};

export const docs = {
  heartbeat: {
    id: "hostHeartbeat",
    description:
      "Sent every 20 to 25 seconds. An `idle` undoes neither an allocation nor a busy that the status call or a " +
      "player in the host's room brought about.",
    example: {
      body: { hostId: "host-7f3a", roomId: "room-7f3a", region: "us-east-1", status: "idle" },
    },
    responses: {
      200: {
        description: "The host is in the pool.",
        schema: z.object({
          success: z.literal(true),
          ttl: z.int().meta({ description: "Seconds until the host is forgotten unless it beats again." }),
        }),
        example: { success: true, ttl: 30 },
      },
    },
    refusals: [problem("room_taken")],
  },
  status: {
    id: "setHostStatus",
    description: "`idle` undoes everything, an allocation too: the host knows best.",
    example: { body: { hostId: "host-7f3a", status: "busy" } },
    responses: { 200: { description: "The host has that status.", schema: success, example: { success: true } } },
    refusals: [problem("host_not_found")],
  },
  leave: {
    id: "removeHost",
    params: { hostId: "The id the host beats with." },
    example: { params: { hostId: "host-7f3a" } },
    responses: { 200: { description: "The host is gone.", schema: success, example: { success: true } } },
    refusals: [problem("host_not_found")],
  },
  find: {
    id: "findHost",
    description:
      "The host is kept for the caller for ALLOCATION_SECONDS and given to nobody else meanwhile. An empty body finds " +
      "one in any region.",
    example: { body: { region: "us-east-1" } },
    responses: {
      200: {
        description: "A host, where to meet it, and servers that help to connect.",
        schema: z.object({
          found: z.literal(true),
          roomId: z.string(),
          signalingUrl: z.string().meta({ description: "Append `?roomId=` and the room." }),
          iceServers: z.array(iceServer),
        }),
        example: {
          found: true,
          roomId: "room-7f3a",
          signalingUrl: "wss://play.example.org/signaling",
          iceServers: [{ urls: "turn:turn.example.org:3478", username: "1893456000:room-7f3a", credential: "9rX0…=" }],
        },
      },
    },
    refusals: [problem("no_host_available"), problem("draining")],
    error: notFound,
  },
} satisfies Record<string, RouteDoc>;
