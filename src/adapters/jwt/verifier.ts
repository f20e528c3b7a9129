import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload, type JWTVerifyOptions } from "jose";
import type { Clock } from "../../ports/clock.ts";
import type { TokenVerifier, Verdict } from "../../ports/tokens.ts";
import { createKeySet, KeysAway } from "./key-set.ts";
import { secretKey } from "./secret.ts";

export interface TokenVerifierOptions {
  /** A secret shared with whoever issues (HS256), or the address of the issuer's public keys (RS256, ES256). */
  readonly keys: { readonly secret: string | Uint8Array<ArrayBuffer> } | { readonly jwksUrl: string };
  readonly clock: Clock;
  /** What `iss` must be; null: anything. */
  readonly issuer: string | null;
  /** What `aud` must hold; null: anything. */
  readonly audience: string | null;
}

/** Longer tokens are not looked at. */
const MAX_CHARACTERS = 8192;

const MAX_SUBJECT = 256;

/** How far the issuer's clock may be off, in seconds. */
const TOLERANCE_SECONDS = 5;

/** What a token may say that it is, in `typ`, if it says so (RFC 8725 section 3.11). */
const TYPES = new Set(["jwt", "application/jwt", "at+jwt", "application/at+jwt"]);

/**
 * Verifies JSON Web Tokens as RFC 8725 asks. Which algorithms are taken depends on the settings, never on the token, so
 * that nobody signs with a public key as the secret, or not at all.
 */
export function createTokenVerifier({ keys, clock, issuer, audience }: TokenVerifierOptions): TokenVerifier {
  const fixed: JWTVerifyOptions = {
    algorithms: "secret" in keys ? ["HS256"] : ["RS256", "ES256"],
    requiredClaims: ["sub", "exp"],
    clockTolerance: TOLERANCE_SECONDS,
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
  };
  const secret = "secret" in keys ? secretKey(keys.secret, "verify") : null;
  const published = "secret" in keys ? null : createKeySet({ url: keys.jwksUrl, clock });

  return {
    async verify(token): Promise<Verdict> {
      if (token.length > MAX_CHARACTERS) return bad("it is too long");
      const options = { ...fixed, currentDate: new Date(clock.now()) };
      try {
        const { payload, protectedHeader } =
          secret === null ? await jwtVerify(token, published!, options) : await jwtVerify(token, await secret, options);
        return judge(payload, protectedHeader);
      } catch (error) {
        return error instanceof KeysAway ? { verdict: "unknown", cause: error } : bad(reasonOf(error));
      }
    },
  };
}

/** What remains to be asked of a token whose signature and times are good. */
function judge(claims: JWTPayload, { typ }: JWTHeaderParameters): Verdict {
  if (typ !== undefined && !TYPES.has(typ.toLowerCase())) return bad("it is a token of another kind (typ)");
  const { sub, exp } = claims;
  if (typeof sub !== "string" || sub === "" || sub.length > MAX_SUBJECT) return bad("its claim sub is no name");
  return { verdict: "good", subject: sub, expiresAt: exp! * 1000, claims };
}

function bad(reason: string): Verdict {
  return { verdict: "bad", reason };
}

/** In words that tell whoever holds the token what to mend, and nobody anything about our keys. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "nbf" && error.reason === "check_failed") return "it is not valid yet";
    return error.reason === "missing" ? `its claim ${error.claim} is missing` : `its claim ${error.claim} is wrong`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
  if (error instanceof errors.JOSEAlgNotAllowed) return "its algorithm is not allowed";
  if (error instanceof errors.JWKSNoMatchingKey) return "its key is not known";
  return "it is no JSON Web Token of ours";
}
