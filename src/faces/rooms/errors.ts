import { DomainError } from "../../core/errors/errors.ts";
import { TOO_MANY } from "../../transport/limits/meter.ts";
import { presentError } from "./present.ts";

/** Why the server closes a connection. */
export const closes = {
  /** RFC 6455: the handshake asks for something impossible. */
  badHandshake: { code: 1008, reason: "bad handshake" },
  flooding: TOO_MANY,
  /** RFC 6455: the server goes away and comes back. */
  restarting: { code: 1012, reason: "server restarting" },
  moved: { code: 1012, reason: "the room has moved to another node" },
  /** RFC 6455: try again later. */
  roomFull: { code: 1013, reason: "room full" },
  unreachable: { code: 1013, reason: "try again later" },
  tooEarly: { code: 1013, reason: "too much sent before the welcome" },
  stalled: { code: 1013, reason: "reading too slowly" },
  /** Ours: the peer came back over a newer connection. */
  replaced: { code: 4001, reason: "replaced by a newer connection" },
} as const satisfies Record<string, { readonly code: number; readonly reason: string }>;

export type Close = (typeof closes)[keyof typeof closes];

/**
 * Close codes that do not mean that the peer wants to go: the connection broke (1006), or the server ended it
 * (1009 frame too big, 1011 internal error, 1012 restart, 4401 its token ended). The seat waits for such a peer.
 */
const UNINTENDED: ReadonlySet<number> = new Set([1006, 1009, 1011, 1012, 4401]);

export function howItEnded(closeCode: number): "closed" | "lost" {
  return UNINTENDED.has(closeCode) ? "lost" : "closed";
}

/**
 * The last frame and the close for a peer that is not let in. A browser cannot read a refused handshake, so it is
 * told over the open connection.
 */
export function presentRefusal(error: DomainError): { readonly frame: string; readonly close: Close } {
  return { frame: presentError(error.code, error.message), close: closeFor(error.code) };
}

function closeFor(code: DomainError["code"]): Close {
  if (code === "room_full") return closes.roomFull;
  return code === "room_unreachable" ? closes.unreachable : closes.badHandshake;
}
