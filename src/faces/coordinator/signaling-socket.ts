import type { Entitlements } from "../../core/credentials/entitlements.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Mailbox } from "../../core/signaling/mailbox.ts";
import type { PathAlias } from "../../transport/http/aliases.ts";
import { policy } from "../../transport/http/policy.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import type { SocketRoute } from "../../transport/websocket/socket.ts";
import { doc } from "./signaling-event-docs.ts";
import { messages, SignalingConnection, type SignalingAccess } from "./signaling-connection.ts";

export interface SignalingSocketDeps {
  readonly mailbox: Mailbox;
  readonly sessions: Sessions;
  readonly entitlements: Pick<Entitlements, "hold">;
  /** A larger frame closes the socket 1009. */
  readonly maxMessageBytes: number;
  readonly aliases?: readonly PathAlias[];
  readonly limit?: RequestLimit | undefined;
}

/** `/api/signaling/ws?peer_id=&session_id=`: the mailbox, told at once instead of fetched. */
export function signalingSocket({
  mailbox,
  sessions,
  entitlements,
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
    // A socket posts and reads as the peer it names at the handshake, and as no other.
    policy: policy.peer(({ url }) => url().searchParams.get("peer_id")),
    accept: ({ url, caller, meter }) => {
      const access: SignalingAccess = {
        hold: () => entitlements.hold(caller.subject),
        mayEnter: async (session, peer) => caller.may("admin") || sessions.isPeer(session, peer),
      };
      return new SignalingConnection(mailbox, url.searchParams, { access, meter });
    },
  };
}
