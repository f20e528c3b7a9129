import { createHmac } from "node:crypto";

/** What a TURN server that shares our secret lets in, until the time in the user name. */
export interface TurnCredential {
  readonly username: string;
  readonly credential: string;
}

/** Keeps the user name far below the 508 bytes STUN allows (RFC 8489, 14.3). */
const MAX_USER_LENGTH = 128;

/**
 * Issues a credential as "A REST API for access to TURN services" (draft-uberti-behave-turn-rest-00) describes and
 * coturn checks it under `use-auth-secret`: the user name is `<expiry>:<user>`, the credential
 * base64(HMAC-SHA1(secret, user name)).
 *
 * @param expiresAt Unix time in seconds
 * @param user who it is for; see {@link turnUser} for what becomes of it
 */
export function issueTurnCredential(secret: string, expiresAt: number, user: string): TurnCredential {
  const username = `${expiresAt}:${turnUser(user)}`;
  return { username, credential: createHmac("sha1", secret).update(username).digest("base64") };
}

/**
 * A user as it may stand in a TURN user name. Letters, digits and `-._~@` stay; everything else is percent-encoded,
 * as `:` would break the format and coturn refuses blanks and quotes. It also refuses a name that holds both `union`
 * and `select`, so that the `u` of `union` is encoded too. Cut at 128 characters, never within an escape; an empty
 * user becomes `peer`.
 */
export function turnUser(user: string): string {
  const encoded = encodeURIComponent(user.toWellFormed())
    .replaceAll("%40", "@")
    .replace(/[!'()*]|u(?=nion)/gi, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  if (encoded.length <= MAX_USER_LENGTH) return encoded || "peer";
  return encoded.slice(0, MAX_USER_LENGTH).replace(/%.?$/, "");
}
