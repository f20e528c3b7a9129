import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { GroupDoc, RouteDoc } from "../../transport/http/documentation.ts";

const iceServer = z.object({
  urls: z.string(),
  username: z.string().optional().meta({ description: "The moment it expires in Unix seconds, `:`, a random user." }),
  credential: z.string().optional(),
});

export const groupDoc: GroupDoc = {
  title: "ICE servers",
  description: "STUN and TURN servers for clients whose protocol hands out none, or whose credentials run out.",
  error: z.object({ error: z.string().meta({ description: "The code." }), message: z.string() }),
};

export const docs = {
  list: {
    id: "getIceServers",
    description:
      "`iceServers` goes into an `RTCPeerConnection` as it is. Every caller gets credentials of its own. Where tokens are " +
      "asked for, those who have been matched with somebody get them, and nobody else.",
    refusals: [problem("not_matched")],
    responses: {
      200: {
        description: "The servers; none where the operator has set none.",
        schema: z.object({
          iceServers: z.array(iceServer),
          ttl: z.int().meta({ description: "Seconds after which to ask again." }),
          iceTransportPolicy: z
            .literal("relay")
            .optional()
            .meta({ description: "There where peers are to meet over TURN alone; goes into an `RTCConfiguration`." }),
        }),
        example: {
          iceServers: [
            { urls: "stun:turn.example.org:3478" },
            {
              urls: "turn:turn.example.org:3478?transport=udp",
              username: "1893456000:gW3v0dKq1xYb",
              credential: "MME/7rvfb/gOjpkB59+7AxlCLvk=",
            },
          ],
          ttl: 3600,
        },
      },
    },
  },
} satisfies Record<string, RouteDoc>;
