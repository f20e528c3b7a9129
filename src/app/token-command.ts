import { issueToken } from "../adapters/jwt/issue.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { scopes, type Scope } from "../core/access/caller.ts";
import type { CommandCall, Given } from "./commands/command.ts";
import { UsageError } from "./commands/errors.ts";
import { DEFAULT_TTL_SECONDS, type tokenFlags } from "./commands/token.ts";
import { loadConfig } from "./config/load.ts";

/** A year: a token cannot be called back, so it had better end. */
const MAX_TTL_SECONDS = 365 * 24 * 3600;

/**
 * Issues a token for this server and prints it, and nothing else.
 *
 * @throws {UsageError} without JWT_SECRET, or for flags that make no token
 */
export async function tokenCommand({ sources, json, flags }: CommandCall<typeof tokenFlags>): Promise<number> {
  const { config } = await loadConfig(sources);
  if (config.JWT_SECRET === null) {
    throw new UsageError("JWT_SECRET is not set: there is nothing to sign a token with.");
  }
  const ttlSeconds = readTtl(flags.ttl);
  const order = {
    subject: readSubject(flags.sub),
    ttlSeconds,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    claims: readClaims(flags),
  };
  const text = await issueToken(order, { secret: config.JWT_SECRET, clock: systemClock, random: systemRandom });
  console.log(json ? JSON.stringify({ access_token: text, token_type: "Bearer", expires_in: ttlSeconds }) : text);
  return 0;
}

function readSubject(sub: string | undefined): string {
  if (!sub || sub.length > 256) throw new UsageError("--sub says whom the token names: 1 to 256 characters.");
  return sub;
}

function readTtl(ttl = String(DEFAULT_TTL_SECONDS)): number {
  const seconds = Number(ttl);
  if (!/^\d+$/.test(ttl) || seconds < 1 || seconds > MAX_TTL_SECONDS) {
    throw new UsageError(`--ttl takes seconds, 1 to ${MAX_TTL_SECONDS}, not ${ttl}.`);
  }
  return seconds;
}

function readClaims(flags: Given<typeof tokenFlags>): Record<string, unknown> {
  const asked = (flags.scope ?? "").split(/[\s,]+/).filter((one) => one !== "");
  const unknown = asked.find((one) => !scopes.includes(one as Scope));
  if (asked.length === 0) throw new UsageError(`--scope says what the token allows: ${scopes.join(", ")}.`);
  if (unknown !== undefined) throw new UsageError(`Unknown scope '${unknown}'; there are ${scopes.join(", ")}.`);
  return {
    scope: [...new Set(asked)].join(" "),
    ...owned("host_id", flags["host-id"]),
    ...owned("player_id", flags["player-id"]),
    ...owned("match_id", flags["match-id"]),
    ...owned("agent_id", flags["agent-id"]),
  };
}

/** One id as it is, several as a list. */
function owned(claim: string, ids: readonly string[] = []): Record<string, unknown> {
  return ids.length === 0 ? {} : { [claim]: ids.length === 1 ? ids[0] : ids };
}
