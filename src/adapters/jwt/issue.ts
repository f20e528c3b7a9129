import { SignJWT } from "jose";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { secretKey } from "./secret.ts";

export interface TokenOrder {
  readonly subject: string;
  readonly ttlSeconds: number;
  readonly issuer: string | null;
  readonly audience: string | null;
  /** What it carries beside the registered claims. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Issues a token (HS256) that a verifier with the same secret, issuer and audience takes. */
export async function issueToken(
  order: TokenOrder,
  deps: { readonly secret: string; readonly clock: Clock; readonly random: Random },
): Promise<string> {
  const now = Math.floor(deps.clock.now() / 1000);
  const token = new SignJWT({ ...order.claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(order.subject)
    .setIssuedAt(now)
    .setExpirationTime(now + order.ttlSeconds)
    .setJti(deps.random.uuid());
  if (order.issuer !== null) token.setIssuer(order.issuer);
  if (order.audience !== null) token.setAudience(order.audience);
  return token.sign(await secretKey(deps.secret, "sign"));
}
