import { urlOf } from "./url.ts";
import type { Problem } from "./refusal.ts";

/** The token of an `Authorization: Bearer` header (RFC 6750); null without one. */
export function bearerToken(request: Request): string | null {
  return /^bearer +(\S+)\s*$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** What somebody shows to be let in: a token, or a ticket that was got for one and is good once. */
export type Credential = string | { readonly ticket: string };

/**
 * The credential of a handshake. A browser cannot set headers on one, so it may also come as `?ticket=` or
 * `?access_token=`, or offered as a subprotocol `bearer.<token>` behind the one that is spoken.
 */
export function handshakeCredential(request: Request): Credential | null {
  const header = bearerToken(request);
  if (header !== null) return header;
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
  const protocol = offered.find((one) => one.startsWith("bearer."));
  if (protocol !== undefined) return protocol.slice("bearer.".length);
  const { searchParams } = urlOf(request);
  const ticket = searchParams.get("ticket");
  return ticket === null ? searchParams.get("access_token") : { ticket };
}

/** What `WWW-Authenticate` says to a refusal (RFC 6750 section 3); null where it has nothing to say. */
export function challenge({ code, status }: Problem): string | null {
  switch (code) {
    case "malformed_token":
    case "invalid_token":
    case "invalid_ticket":
      return `Bearer realm="rendezvous", error="invalid_token"`;
    case "forbidden":
      return `Bearer realm="rendezvous", error="insufficient_scope"`;
    default:
      // A 401 has to say what would do (RFC 9110, 15.5.2).
      return status === 401 ? `Bearer realm="rendezvous"` : null;
  }
}
