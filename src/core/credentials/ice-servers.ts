import type { Clock } from "../../ports/clock.ts";
import { issueTurnCredential } from "./turn-credential.ts";

/** One entry of the `iceServers` of an RTCConfiguration; one URL an entry. */
export interface IceServer {
  readonly urls: string;
  /** Only on TURN entries. */
  readonly username?: string;
  /** Only on TURN entries. */
  readonly credential?: string;
}

/**
 * The list for one user: STUN first, then TURN with a credential just issued. A name that is to be made up is made only
 * where a credential needs one.
 */
export type IceServers = (user: string | (() => string)) => readonly IceServer[];

/**
 * @throws {Error} TURN URLs without a secret: no credential could be issued for them
 */
export function createIceServers(settings: {
  readonly clock: Clock;
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  /** Shared with the TURN servers. */
  readonly secret?: string | null | undefined;
  /** How long a credential is good for. */
  readonly ttlSeconds: number;
}): IceServers {
  const { clock, stunUrls, turnUrls, secret, ttlSeconds } = settings;
  const stun: readonly IceServer[] = stunUrls.map((urls) => ({ urls }));
  if (turnUrls.length === 0) return () => stun;
  if (!secret) throw new Error("TURN URLs need a secret to issue credentials with.");

  return (user) => {
    // One credential serves all servers, so that the hash is computed once a call.
    const credential = issueTurnCredential(secret, Math.floor(clock.now() / 1000) + ttlSeconds, nameOf(user));
    return [...stun, ...turnUrls.map((urls) => ({ urls, ...credential }))];
  };
}

function nameOf(user: string | (() => string)): string {
  return typeof user === "string" ? user : user();
}
