import type { SessionMatches } from "../../core/sessions/session-matches.ts";
import { seatFor } from "./signaling-seats.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Mailbox } from "../../core/signaling/mailbox.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PathAlias } from "../../transport/http/aliases.ts";
import { policy } from "../../transport/http/policy.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import type { SocketRoute } from "../../transport/websocket/socket.ts";
import { refuse } from "./errors.ts";
import { doc } from "./signaling-event-docs.ts";
import { messages, SignalingConnection, type SignalingAccess } from "./signaling-connection.ts";

export interface SignalingSocketDeps {
  readonly mailbox: Mailbox;
  readonly clock: Pick<Clock, "now">;
  readonly sessions: Sessions;
  readonly matches: Pick<SessionMatches, "acted" | "listens">;
  /** A larger frame closes the socket 1009. */
  readonly maxMessageBytes: number;
  readonly aliases?: readonly PathAlias[];
  readonly limit?: RequestLimit | undefined;
}

/** `/api/signaling/ws?peer_id=&session_id=`: the mailbox, told at once instead of fetched. */
export function signalingSocket({
  mailbox,
  clock,
  sessions,
  matches,
  maxMessageBytes,
  aliases = [],
  limit,
}: SignalingSocketDeps): SocketRoute {
  return {
    path: "/api/signaling/ws",
    doc,
    aliases,
    messages,
    maxMessageBytes,
    limit,
    refuse,
    // A socket posts and reads as the peer it names at the handshake, and as no other.
    policy: policy.peer(({ url }) => url().searchParams.get("peer_id")),
    accept: ({ url, caller, meter }) => {
      const access: SignalingAccess = {
        now: () => clock.now(),
        hold: (seat) => matches.listens(caller.subject, seat),
        acted: (seat) => void matches.acted(caller.subject, seat),
        seatOf: (session, peer) => seatFor(sessions, caller, session, peer),
      };
      return new SignalingConnection(mailbox, url.searchParams, { access, meter });
    },
  };
}
