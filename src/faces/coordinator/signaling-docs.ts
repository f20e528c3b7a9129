import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { MAX_WAIT_SECONDS } from "./signaling-schema.ts";

const OFFER = "v=0\r\no=- 123456789 2 IN IP4 127.0.0.1\r\n...";
const ANSWER = "v=0\r\no=- 987654321 2 IN IP4 127.0.0.1\r\n...";
const CANDIDATE = "candidate:1 1 UDP 2130706431 192.168.1.100 54321 typ host";

const cursor = z.string().meta({ description: "Pass it as `after` to go on from here." });

const name = z.string().nullable().meta({ description: "Whom it is for; null: everybody in the session." });

/** Present when the call has any parameter at all. */
const inFull = { to_peer_id: name.optional(), cursor: cursor.optional() };

const offer = z.object({
  peer_id: z.string(),
  sdp: z.string(),
  ...inFull,
  polite: z.boolean().nullish().meta({
    description: "Whether the reader gives way if its own offer crosses this one; null where it did not say who it is.",
  }),
});

const answer = z.object({ peer_id: z.string(), sdp: z.string(), ...inFull });

const candidates = z.object({
  candidates: z.array(
    z.object({
      peer_id: z.string(),
      to_peer_id: name,
      candidate: z.string().meta({ description: "Empty: the end of this peer's candidates (RFC 8838)." }),
      sdpMid: z.string().nullable(),
      sdpMLineIndex: z.int().nullable(),
      usernameFragment: z.string().nullable(),
    }),
  ),
  cursor,
});

const params = { session_id: "The session's public id." };

const READING =
  "Nothing is consumed. With `after`, the oldest one behind that cursor, so that none is skipped; otherwise the " +
  `newest. With \`wait\`, answered as soon as there is one, after ${MAX_WAIT_SECONDS} seconds at the latest.`;

const gone = problem("session_not_found");
const refusals = [gone, problem("nothing_posted")];
const postRefusals = [gone, problem("mailbox_full")];

function said(message: string) {
  return {
    description: "It is in the mailbox.",
    schema: z.object({ message: z.string() }),
    example: { message },
  };
}

export const docs = {
  postOffer: {
    id: "postOffer",
    description: "Replaces the peer's earlier offer to the same addressee.",
    example: { body: { session_id: "session-abc123", peer_id: "peer-12345", sdp: OFFER } },
    responses: { 200: said("Offer created successfully") },
    refusals: postRefusals,
  },
  getOffer: {
    id: "getOffer",
    description: READING,
    params,
    example: { params: { session_id: "session-abc123" } },
    responses: { 200: { description: "An offer.", schema: offer, example: { peer_id: "peer-12345", sdp: OFFER } } },
    refusals,
  },
  postAnswer: {
    id: "postAnswer",
    description: "Replaces the peer's earlier answer to the same addressee.",
    example: { body: { session_id: "session-abc123", peer_id: "peer-67890", sdp: ANSWER } },
    responses: { 200: said("Answer created successfully") },
    refusals: postRefusals,
  },
  getAnswer: {
    id: "getAnswer",
    description: READING,
    params,
    example: { params: { session_id: "session-abc123" } },
    responses: { 200: { description: "An answer.", schema: answer, example: { peer_id: "peer-67890", sdp: ANSWER } } },
    refusals,
  },
  postCandidate: {
    id: "postIceCandidate",
    example: { body: { session_id: "session-abc123", peer_id: "peer-12345", candidate: CANDIDATE } },
    responses: { 200: said("ICE candidate added successfully") },
    refusals: postRefusals,
  },
  getCandidates: {
    id: "getIceCandidates",
    description:
      "Nothing is consumed; `cursor` of one answer is `after` of the next. With `wait`, answered as soon as there is " +
      `a candidate, after ${MAX_WAIT_SECONDS} seconds at the latest.`,
    params,
    example: { params: { session_id: "session-abc123" }, query: { peer_id: "peer-67890", after: "0" } },
    responses: {
      200: {
        description: "Candidates of the other peers, perhaps none.",
        schema: candidates,
        example: {
          candidates: [
            {
              peer_id: "peer-12345",
              to_peer_id: null,
              candidate: CANDIDATE,
              sdpMid: null,
              sdpMLineIndex: null,
              usernameFragment: null,
            },
          ],
          cursor: "1762509600000000",
        },
      },
    },
    refusals: [gone],
  },
} satisfies Record<string, RouteDoc>;
