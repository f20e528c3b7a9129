import type { Seat } from "../../core/sessions/seat.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Caller } from "../../transport/http/call.ts";

/** The scope of a token that acts in a session's mailbox as each part of it. */
const SCOPES = { host: "host", player: "client" } as const;

/**
 * The seat of a caller that names itself `peer`; null: it has none. `any`: operators, and everybody in open mode, need
 * none, and where there is no such session, others say so. Hosts and players have ids of their own, which may be the
 * same: what the peer is in this session says which of the token's ids counts.
 */
export async function seatFor(
  sessions: Pick<Sessions, "seatOf">,
  caller: Caller,
  session: string,
  peer: string,
): Promise<Seat | "any" | null> {
  if (caller.may("admin")) return "any";
  const seat = await sessions.seatOf(session, peer);
  if (seat === null) return null;
  if (seat === "no session") return "any";
  return caller.may(SCOPES[seat.part], peer) ? seat : null;
}
