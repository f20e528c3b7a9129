import type { z } from "zod";
import { DomainError } from "../../core/errors/errors.ts";
import type { Entitlements } from "../../core/credentials/entitlements.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Mailbox, Question } from "../../core/signaling/mailbox.ts";
import { policy, type Grants } from "../../transport/http/policy.ts";
import { json, route, type Call, type Route } from "../../transport/http/route.ts";
import { docs } from "./signaling-docs.ts";
import { presentCandidates, presentDescription, presentDescriptionInFull } from "./signaling-present.ts";
import { candidateBody, descriptionBody, fetchQuery, type FetchQuery } from "./signaling-schema.ts";

/** The most candidates one answer brings; the rest follows when asked for with its cursor. */
const PAGE = 256;

export interface SignalingRoutesOptions {
  readonly mailbox: Mailbox;
  readonly sessions: Sessions;
  readonly entitlements: Pick<Entitlements, "mark">;
}

/** How long whoever has signaled in a session counts as being in it, in ms. */
export const IN_SESSION_MS = 10 * 60_000;

type Post = Call<{ readonly session_id: string; readonly peer_id: string }>;
type Fetch = Call<undefined, FetchQuery>;

/**
 * In open mode none of this matters; with tokens, a peer posts as itself and reads what it may read, in sessions that it
 * is in.
 */
function policies(sessions: Sessions) {
  const within = async (session: string, peer: string | null): Promise<string | null> =>
    peer !== null && (await sessions.isPeer(session, peer)) ? peer : null;
  return {
    asSender: policy.peer(({ body }: Post) => within(body.session_id, body.peer_id)),
    asReader: policy.peer(({ params, query }: Fetch) => within(params["session_id"] ?? "", query.peer_id ?? null)),
  };
}

export function signalingRoutes({ mailbox, sessions, entitlements }: SignalingRoutesOptions): readonly Route[] {
  /** Where somebody is known by name, what it posts shows that it is in an open session. */
  const note = ({ caller }: Pick<Call, "caller">): void => entitlements.mark(caller.subject, IN_SESSION_MS);
  const { asSender, asReader } = policies(sessions);
  return [
    postDescription(mailbox, asSender, { note, kind: "offer", message: "Offer created successfully" }),
    getDescription(mailbox, asReader, "offer"),
    postDescription(mailbox, asSender, { note, kind: "answer", message: "Answer created successfully" }),
    getDescription(mailbox, asReader, "answer"),
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
        const mails = await mailbox.fetchAll(question, PAGE, patienceOf(call));
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

function getDescription(mailbox: Mailbox, asReader: Grants<Fetch>, kind: "offer" | "answer"): Route {
  return route({
    method: "GET",
    path: `/api/signaling/${kind}/:session_id`,
    summary: `The newest ${kind} of a session, or the next one behind a cursor`,
    doc: kind === "offer" ? docs.getOffer : docs.getAnswer,
    policy: asReader,
    query: fetchQuery,
    async handle(call) {
      const question = { ...questionOf(call), kind };
      const mail = await mailbox.fetchOne(question, patienceOf(call));
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

function patienceOf({ query, request }: Call<undefined, FetchQuery>) {
  return { waitMs: (query.wait ?? 0) * 1000, signal: request.signal };
}
