import type { DeviceEnd } from "../../core/devices/device.ts";
import type { Problem } from "../../transport/http/refusal.ts";

export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Why the server closes a device's socket. */
export const closes = {
  /** RFC 6455: normal; the device said goodbye. */
  left: { code: 1000, reason: "disconnect" },
  /** RFC 6455: against the rules. */
  refused: { code: 1008, reason: "register refused" },
  unregistered: { code: 1008, reason: "not registered in time" },
  revoked: { code: 1008, reason: "token revoked" },
  expired: { code: 1008, reason: "token expired" },
  kicked: { code: 1008, reason: "ended by an operator" },
  silent: { code: 1008, reason: "no message for too long" },
  flooding: { code: 1008, reason: "too many messages" },
  /** RFC 6455: try again later. */
  backlog: { code: 1013, reason: "sending faster than messages can be routed" },
  unavailable: { code: 1013, reason: "try again later" },
  /** Ours: the device came back over a newer connection. */
  replaced: { code: 4001, reason: "replaced by a newer connection" },
} as const satisfies Record<DeviceEnd | "refused" | "unavailable", Close>;

/** What a device that may not register is told, and how its socket is closed. */
export function refusalOf({ code, status, message }: Problem): { readonly error: string; readonly close: Close } {
  if (status >= 500) return { error: message, close: closes.unavailable };
  // The document has one text for all tokens that are not good.
  return { error: code === "invalid_token" ? "Invalid or expired token" : message, close: closes.refused };
}
