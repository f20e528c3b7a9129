import { isPolite } from "../../core/signaling/glare.ts";
import type { Mail } from "../../ports/mailboxes.ts";

/** What a letter says, as its sender wrote it. Kept as JSON, which no store changes a byte of. */
export type Description = { readonly sdp: string | { readonly sdp: string } };
export interface Candidate {
  readonly candidate: string | CandidateFields;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}
type CandidateFields = Omit<Candidate, "candidate"> & { readonly candidate: string };

/** The two keys of the document. */
export function presentDescription(mail: Mail): { readonly peer_id: string; readonly sdp: string } {
  const { sdp } = JSON.parse(mail.content) as Description;
  return { peer_id: mail.from, sdp: typeof sdp === "string" ? sdp : sdp.sdp };
}

/** For a reader who says more than the session: also whom it is for, and where to go on. */
export function presentDescriptionInFull(mail: Mail, reader: string | undefined): object {
  return { ...presentDescription(mail), to_peer_id: mail.to, ...politeness(mail, reader), cursor: String(mail.cursor) };
}

/** Candidates, and the cursor that the next fetch goes on from. */
export function presentCandidates(mails: readonly Mail[], after: number): object {
  return { candidates: mails.map(presentCandidate), cursor: String(mails.at(-1)?.cursor ?? after) };
}

function presentCandidate(mail: Mail): object {
  const letter = JSON.parse(mail.content) as Candidate;
  const fields = typeof letter.candidate === "string" ? (letter as CandidateFields) : letter.candidate;
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = fields;
  return { peer_id: mail.from, to_peer_id: mail.to, candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** A frame for a listening peer. `from` says the same as `peer_id`, for clients that look for it there. */
export function presentFrame(mail: Mail, reader: string): string {
  const { kind, from, to, content, cursor } = mail;
  return JSON.stringify({
    type: kind,
    peer_id: from,
    from,
    to_peer_id: to,
    ...(JSON.parse(content) as object),
    ...politeness(mail, reader),
    cursor: String(cursor),
  });
}

/** An offer tells both sides of a crossing which of them gives way. */
function politeness(mail: Mail, reader: string | undefined): { readonly polite?: boolean | null } {
  if (mail.kind !== "offer") return {};
  return { polite: reader === undefined ? null : isPolite(reader, mail.from) };
}

export function presentJoined(session: string, peers: readonly string[]): string {
  return JSON.stringify({ type: "session-joined", session_id: session, peers });
}

export function presentLeft(session: string): string {
  return JSON.stringify({ type: "session-left", session_id: session });
}

export function presentPeer(what: "peer-joined" | "peer-left", peer: string): string {
  return JSON.stringify({ type: what, peer_id: peer });
}

/** `message` says the same as `detail`, for clients that look for it there. */
export function presentError(detail: string): string {
  return JSON.stringify({ type: "error", detail, message: detail });
}
