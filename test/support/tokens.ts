import { SignJWT } from "jose";

/** What servers of the tests sign with. */
export const SECRET = "a secret of the tests that is more than 32 bytes long";

/** A good token that says this; it ends after five minutes unless `exp` (Unix seconds) is said. */
export function sign(claims: Record<string, unknown>, subject = "somebody"): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setSubject(subject);
  if (claims["exp"] === undefined) token.setExpirationTime("5m");
  return token.sign(new TextEncoder().encode(SECRET));
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
