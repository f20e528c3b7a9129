import { createHash } from "node:crypto";

/**
 * What is kept of a secret that we have handed out. Those are long and random, so that one fast hash hides them; a
 * password is neither.
 */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a token is by its form; null for neither. */
export function formOf(token: string): "uuid" | "jwt" | null {
  if (UUID.test(token)) return "uuid";
  return JWT.test(token) ? "jwt" : null;
}

/** The digest of one of our own tokens; in which case its letters are does not matter. */
export function tokenDigest(token: string): string {
  return digestOf(token.toLowerCase());
}
