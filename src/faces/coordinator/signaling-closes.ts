import type { ListenerEnd } from "../../core/signaling/listener.ts";

export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Why the server closes a signaling socket. */
export const closes = {
  /** RFC 6455: the handshake asks for something impossible. */
  badHandshake: { code: 1008, reason: "bad handshake" },
  /** RFC 6455: the server goes away and comes back. */
  restarting: { code: 1012, reason: "server restarting" },
  /** RFC 6455: try again later. */
  stalled: { code: 1013, reason: "reading too slowly" },
  flooding: { code: 1013, reason: "sending too fast" },
  crowded: { code: 1013, reason: "session full" },
  unavailable: { code: 1013, reason: "try again later" },
  /** Ours: the peer came back over a newer connection. */
  replaced: { code: 4001, reason: "replaced by a newer connection" },
  /** Ours: the peer is not in the session. */
  forbidden: { code: 4403, reason: "forbidden" },
  removed: { code: 4403, reason: "forbidden" },
  /** Ours: there is no such session, or it is over. */
  closed: { code: 4004, reason: "session not found" },
} as const satisfies Record<ListenerEnd | "badHandshake" | "restarting" | "flooding" | "forbidden", Close>;
