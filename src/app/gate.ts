import { openAccess, tokenAccess, type Access } from "../core/access/access.ts";
import type { Directory } from "../core/accounts/directory.ts";
import { HandshakeTickets } from "../core/access/handshake-tickets.ts";
import type { Clock } from "../ports/clock.ts";
import type { TokenVerifier } from "../ports/tokens.ts";
import { readAddressBlock, trustProxies } from "../transport/http/client-address.ts";
import type { Arrivals } from "../transport/http/arrivals.ts";
import type { Gate } from "../transport/http/gate.ts";
import type { RequestScope } from "../transport/http/request-scope.ts";
import type { Overload } from "../transport/limits/overload.ts";
import type { Expiries } from "../transport/limits/expiries.ts";
import type { Config } from "./config/settings.ts";
import type { Engine } from "./engine.ts";

/** Who is let in, as AUTH_MODE and the JWT settings say. */
export async function createAccess(
  config: Config,
  engine: Pick<Engine, "handovers" | "timeOfDay" | "random">,
  accounts: Directory | null,
): Promise<Access> {
  const tickets = new HandshakeTickets({ handovers: engine.handovers, clock: engine.timeOfDay, random: engine.random });
  if (config.AUTH_MODE === "open") return openAccess(tickets);
  // That the settings name an issuer was checked with the other contradictions.
  return tokenAccess((await createVerifier(config, engine.timeOfDay))!, tickets, accounts);
}

/** Checks tokens of the issuer that the JWT settings name; null if they name none. */
export async function createVerifier(config: Config, clock: Clock): Promise<TokenVerifier | null> {
  const { JWT_SECRET, JWT_JWKS_URL } = config;
  if (JWT_SECRET === null && JWT_JWKS_URL === null) return null;
  const keys = JWT_SECRET === null ? { jwksUrl: JWT_JWKS_URL! } : { secret: JWT_SECRET };
  // Only who has tokens pays for what reads them.
  const { createTokenVerifier } = await import("../adapters/jwt/verifier.ts");
  return createTokenVerifier({ keys, clock, issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE });
}

/** What stands before every route. */
export function createGate(
  config: Config,
  guard: Access,
  expiries: Expiries,
  overload: Overload | null,
  scope: RequestScope,
  arrivals: Arrivals,
): Gate {
  return {
    arrivals,
    overload,
    scope,
    guard,
    expiries,
    proxies: trustProxies(config.TRUSTED_PROXIES.map((block) => readAddressBlock(block)!)),
    allowedOrigins: config.ALLOWED_ORIGINS,
    countsLocal: config.RATE_LIMIT_LOOPBACK === "on",
    ownOrigins: config.PUBLIC_URL === null ? [] : [new URL(config.PUBLIC_URL).origin],
  };
}
