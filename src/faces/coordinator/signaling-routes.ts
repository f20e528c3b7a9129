import type { z } from "zod";
import { DomainError } from "../../core/errors/errors.ts";
import type { Part, Seat } from "../../core/sessions/seat.ts";
import type { SessionMatches } from "../../core/sessions/session-matches.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Mailbox, Question } from "../../core/signaling/mailbox.ts";
import type { Patience } from "../../core/signaling/patience.ts";
import { policy, type Grants } from "../../transport/http/policy.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { json, route, type Call, type Route } from "../../transport/http/route.ts";
import { seatFor } from "./signaling-seats.ts";
import { docs } from "./signaling-docs.ts";
import { presentCandidates, presentDescription, presentDescriptionInFull } from "./signaling-present.ts";
import { candidateBody, descriptionBody, fetchQuery, type FetchQuery } from "./signaling-schema.ts";

/** The most candidates one answer brings; the rest follows when asked for with its cursor. */
const PAGE = 256;

export interface SignalingRoutesOptions {
  readonly mailbox: Mailbox;
  readonly sessions: Sessions;
  readonly matches: Pick<SessionMatches, "acted">;
}

type Post = Call<{ readonly session_id: string; readonly peer_id: string }>;
type Fetch = Call<undefined, FetchQuery>;
type Waiting = <Found>(call: Fetch, ask: (patience?: Patience) => Promise<Found>) => Promise<Found>;

/**
 * In open mode none of this matters; with tokens, a peer posts as itself and reads what it may read, in sessions that it
 * is in.
 */
function policies(sessions: Sessions) {
  const seats = new WeakMap<object, Seat>();
  /** The host's seat takes a token of the host's, a player's one of the player's; in a session that is not there, either. */
  const within = async (call: object, part: Part, session: string, peer: string | null): Promise<string | null> => {
    if (peer === null) return null;
    const seat = await sessions.seatOf(session, peer);
    if (seat === "no session") return peer;
    if (seat?.part !== part) return null;
    seats.set(call, seat);
    return peer;
  };
  const sends = (part: Part) => (call: Post) => within(call, part, call.body.session_id, call.body.peer_id);
  const reads = (part: Part) => (call: Fetch) =>
    within(call, part, call.params["session_id"] ?? "", call.query.peer_id ?? null);
  return {
    asSender: policy.any(policy.host(sends("host")), policy.player(sends("player"))),
    asReader: policy.any(policy.host(reads("host")), policy.player(reads("player"))),
    /** The seat that let a call through; undefined where it needed none. */
    seatOf: (call: object): Seat | undefined => seats.get(call),
  };
}

export function signalingRoutes({ mailbox, sessions, matches }: SignalingRoutesOptions): readonly Route[] {
  const { asSender, asReader, seatOf } = policies(sessions);
  /** Where somebody is known by name, what it posts shows that it is in an open session. */
  const note = (call: Pick<Call, "caller">): void => {
    const seat = seatOf(call);
    if (seat !== undefined) void matches.acted(call.caller.subject, seat);
  };
  /**
   * Asks the mailbox, and waits for as long as the call says, its client is there and its token is good. What comes is for
   * the next one who asks if the token ended meanwhile, or the peer was removed.
   */
  const waiting: Waiting = async (call, ask) => {
    const { caller, params, query, request, whenExpired } = call;
    if (query.wait === undefined || query.wait === 0) return ask();
    const token = new AbortController();
    const takeBack = whenExpired(() => token.abort());
    try {
      const found = await ask({ waitMs: query.wait * 1000, signal: AbortSignal.any([request.signal, token.signal]) });
      if (token.signal.aborted) throw new DomainError("invalid_token", "The token is not good: it has expired.");
      const seat = await seatFor(sessions, caller, params["session_id"] ?? "", query.peer_id ?? "");
      if (seat === null) throw new Refusal("forbidden", "This belongs to somebody else.");
      return found;
    } finally {
      takeBack();
    }
  };
  return [
    postDescription(mailbox, asSender, { note, kind: "offer", message: "Offer created successfully" }),
    getDescription(mailbox, asReader, { waiting, kind: "offer" }),
    postDescription(mailbox, asSender, { note, kind: "answer", message: "Answer created successfully" }),
    getDescription(mailbox, asReader, { waiting, kind: "answer" }),
    route({
      method: "POST",
      path: "/api/signaling/ice-candidate",
      summary: "Leaves an ICE candidate for the other peers of a session",
      doc: docs.postCandidate,
      policy: asSender,
      body: candidateBody,
      async handle(call) {
        const { body } = call;
        const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = body;
        const content = JSON.stringify({ candidate, sdpMid, sdpMLineIndex, usernameFragment });
        await mailbox.post({ ...senderOf(body), kind: "ice-candidate", content });
        note(call);
        return json(200, { message: "ICE candidate added successfully" });
      },
    }),
    route({
      method: "GET",
      path: "/api/signaling/ice-candidates/:session_id",
      summary: "The ICE candidates of a session, oldest first",
      doc: docs.getCandidates,
      policy: asReader,
      query: fetchQuery,
      async handle(call) {
        const question = { ...questionOf(call), kind: "ice-candidate" } as const;
        const mails = await waiting(call, (patience) => mailbox.fetchAll(question, PAGE, patience));
        return json(200, presentCandidates(mails, question.after ?? 0));
      },
    }),
  ];
}

function postDescription(
  mailbox: Mailbox,
  asSender: Grants<Post>,
  options: {
    readonly kind: "offer" | "answer";
    readonly message: string;
    note(call: Pick<Call, "caller">): void;
  },
): Route {
  const { kind, message, note } = options;
  return route({
    method: "POST",
    path: `/api/signaling/${kind}`,
    summary: `Leaves an ${kind} for the other peers of a session`,
    doc: kind === "offer" ? docs.postOffer : docs.postAnswer,
    policy: asSender,
    body: descriptionBody,
    async handle(call) {
      const { body } = call;
      await mailbox.post({ ...senderOf(body), kind, content: JSON.stringify({ sdp: body.sdp }) });
      note(call);
      return json(200, { message });
    },
  });
}

function getDescription(
  mailbox: Mailbox,
  asReader: Grants<Fetch>,
  { kind, waiting }: { readonly kind: "offer" | "answer"; readonly waiting: Waiting },
): Route {
  return route({
    method: "GET",
    path: `/api/signaling/${kind}/:session_id`,
    summary: `The newest ${kind} of a session, or the next one behind a cursor`,
    doc: kind === "offer" ? docs.getOffer : docs.getAnswer,
    policy: asReader,
    query: fetchQuery,
    async handle(call) {
      const question = { ...questionOf(call), kind };
      const mail = await waiting(call, (patience) => mailbox.fetchOne(question, patience));
      if (mail === null) throw new DomainError("nothing_posted", `No ${kind} found for session: ${question.session}`);
      // A call without parameters gets the document's keys and no other.
      const plain = Object.values(call.query).every((parameter) => parameter === undefined);
      return json(200, plain ? presentDescription(mail) : presentDescriptionInFull(mail, question.reader));
    },
  });
}

function senderOf(body: Pick<z.output<typeof descriptionBody>, "session_id" | "peer_id" | "to_peer_id">) {
  return { session: body.session_id, from: body.peer_id, to: body.to_peer_id ?? null };
}

function questionOf({ params, query }: Call<undefined, FetchQuery>): Omit<Question, "kind"> {
  const { peer_id: reader, to_peer_id: addressee, after } = query;
  return { session: params["session_id"] ?? "", reader, addressee, after };
}
