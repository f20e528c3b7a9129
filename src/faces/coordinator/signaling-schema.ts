import { z } from "zod";
import { DomainError } from "../../core/errors/errors.ts";
import { parseJson } from "../../transport/http/json.ts";
import { firstRepeated } from "../../transport/http/url.ts";
import { sayWhatIsWrong } from "../../transport/http/validate.ts";
import { id, parameter, whole } from "./fields.ts";

/** The longest wait for something to be posted, in seconds: shorter than what proxies allow for an answer. */
export const MAX_WAIT_SECONDS = 25;

const sdp = z.string().min(1, "must not be empty");

/** Empty: the end of candidates (RFC 8838). The rest is that of an RTCIceCandidateInit. */
const candidate = z.string();
const sdpMid = z.string().max(256, "must be at most 256 characters").nullish();
const sdpMLineIndex = whole(0, 65_535).nullish();
const usernameFragment = z.string().max(256, "must be at most 256 characters").nullish();

const sender = { session_id: id, peer_id: id, to_peer_id: id.nullish() };

export const descriptionBody = z.object({ ...sender, sdp });

export const candidateBody = z.object({ ...sender, candidate, sdpMid, sdpMLineIndex, usernameFragment });

const cursor = z
  .string()
  .regex(/^\d{1,16}$/, "must be a cursor of an earlier answer, or 0")
  .transform(Number)
  .refine(Number.isSafeInteger, "must be a cursor of an earlier answer, or 0");

const seconds = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, "must be a number of seconds")
  .transform((text) => Math.min(Number(text), MAX_WAIT_SECONDS));

export const fetchQuery = z.object({
  peer_id: parameter(id).meta({ description: "Who asks: leaves out its own, and what is addressed to others." }),
  to_peer_id: parameter(id).meta({ description: "Only what is addressed to this peer by name." }),
  after: parameter(cursor).meta({ description: "The `cursor` of an earlier answer, or 0: only what came later." }),
  wait: parameter(seconds).meta({
    description: `Seconds to wait if there is nothing; more than ${MAX_WAIT_SECONDS} counts as ${MAX_WAIT_SECONDS}.`,
  }),
});

export type FetchQuery = z.output<typeof fetchQuery>;

/** The query of a WebSocket handshake. Without a session, the socket is in none until it joins one. */
export const handshake = z.object({ peer_id: id, session_id: parameter(id), after: parameter(cursor) });

export type Handshake = z.output<typeof handshake>;

/**
 * A parameter given twice is refused: who checks a token and who opens the mailbox must not read different ones.
 *
 * @throws {DomainError} bad_message
 */
export function readHandshake(query: URLSearchParams): Handshake {
  const twice = firstRepeated(query.keys());
  if (twice !== undefined) throw new DomainError("bad_message", `${twice.slice(0, 64)}: given more than once`);
  return check(handshake, Object.fromEntries(query));
}

/** Clients in the field write the addressee in several ways, and the sender too. */
const address = {
  to_peer_id: id.nullish(),
  target_peer_id: id.nullish(),
  to: id.nullish(),
  peer_id: id.nullish(),
  from: id.nullish(),
  session_id: id.nullish(),
};

/** They also wrap a description or a candidate the way browsers do; it is handed on as it came. */
const wrappedSdp = z.union([sdp, z.looseObject({ sdp })], "must be a string, or an object with a string sdp");
const wrappedCandidate = z.union(
  [candidate, z.looseObject({ candidate, sdpMid, sdpMLineIndex, usernameFragment })],
  "must be a string, or an object with a string candidate",
);

/** What a peer may send, by type. */
export const frames = {
  offer: z.object({ type: z.literal("offer"), ...address, sdp: wrappedSdp }),
  answer: z.object({ type: z.literal("answer"), ...address, sdp: wrappedSdp }),
  "ice-candidate": z.object({
    type: z.literal("ice-candidate"),
    ...address,
    candidate: wrappedCandidate,
    sdpMid,
    sdpMLineIndex,
    usernameFragment,
  }),
  join: z.object({ type: z.literal("join"), ...address }),
  leave: z.object({ type: z.literal("leave"), ...address }),
};

const frame = z.discriminatedUnion(
  "type",
  [frames.offer, frames.answer, frames["ice-candidate"], frames.join, frames.leave],
  "must be offer, answer, ice-candidate, join or leave",
);

export type Frame = z.output<typeof frame>;

/** @throws {DomainError} bad_message */
export function readFrame(text: string): Frame {
  let fields: unknown;
  try {
    fields = parseJson(text);
  } catch (error) {
    throw new DomainError("bad_message", (error as Error).message.replace("The body", "The frame"));
  }
  return check(frame, fields);
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new DomainError("bad_message", sayWhatIsWrong(result.error).replace(/^body /, "frame "));
}
