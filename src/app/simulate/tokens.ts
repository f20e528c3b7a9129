import { issueToken } from "../../adapters/jwt/issue.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { systemRandom } from "../../adapters/system/random.ts";

/** Long enough for every simulation; a token is made anew at half of it. */
const TTL_SECONDS = 24 * 3600;

/** Gives somebody's token, or null where none is needed. */
export type Bearer = () => Promise<string | null>;

/** Who somebody is, in the words of a token's claims. */
export interface Who {
  readonly sub: string;
  readonly scope: "host" | "client" | "publisher" | "admin";
  readonly host_id?: string;
  readonly player_id?: string;
  /** Names the account of somebody with devices. */
  readonly email?: string;
}

/** Where simulated people get their tokens from. */
export interface Tokens {
  /** `own`: everybody gets one of their own; `shared`: all use the one that was given; `none`: there are none. */
  readonly kind: "own" | "shared" | "none";
  of(who: Who): Bearer;
}

export const noTokens: Tokens = { kind: "none", of: () => () => Promise.resolve(null) };

export function sharedToken(token: string): Tokens {
  return { kind: "shared", of: () => () => Promise.resolve(token) };
}

export interface Signing {
  readonly secret: string;
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Signs a token for each, as an identity provider with the server's secret does. */
export function ownTokens({ secret, issuer, audience }: Signing): Tokens {
  const deps = { secret, clock: systemClock, random: systemRandom };
  return {
    kind: "own",
    of({ sub, ...claims }) {
      const order = { subject: sub, ttlSeconds: TTL_SECONDS, issuer, audience };
      const verified = claims.email === undefined ? {} : { email_verified: true };
      let token: Promise<string> | null = null;
      let madeAt = 0;
      return () => {
        const age = systemClock.now() - madeAt;
        if (token === null || age > (TTL_SECONDS / 2) * 1_000) {
          token = issueToken({ ...order, claims: { ...claims, ...verified } }, deps);
          madeAt = systemClock.now();
        }
        return token;
      };
    },
  };
}
