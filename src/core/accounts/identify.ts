import type { Clock } from "../../ports/clock.ts";
import type { TokenRecords } from "../../ports/token-records.ts";
import type { TokenVerifier } from "../../ports/tokens.ts";
import { DomainError } from "../errors/errors.ts";
import type { Identity } from "./directory.ts";
import { formOf, tokenDigest } from "./secrets.ts";
import { vouchedEmail } from "./vouched-email.ts";

/** How coarse a token's last use is known, in ms: a write for each use would cost more than it tells. */
const COARSE_MS = 5 * 60_000;

export interface IdentifyOptions {
  readonly tokens: TokenRecords;
  /** Null where nobody else vouches for people. */
  readonly verifier: TokenVerifier | null;
  /** That of the records, which other nodes share. */
  readonly clock: Clock;
  readonly timeOfDay: Pick<Clock, "now">;
  /** The use of a token could not be noted; it is good all the same. */
  failed(error: unknown): void;
}

/** Finds out who a token stands for; see {@link Directory.identify}. */
export function createIdentify({ tokens, verifier, clock, timeOfDay, failed }: IdentifyOptions) {
  const own = async (token: string): Promise<Identity> => {
    const now = clock.now();
    const record = await tokens.find(tokenDigest(token), now);
    if (record === null) throw bad();
    if (now - record.lastUsedAt >= COARSE_MS) tokens.touch(record.id, now).catch(failed);
    const expiresAt = record.expiresAt - now + timeOfDay.now();
    return { email: record.email, tokenId: record.id, expiresAt };
  };

  const vouchedFor = async (token: string): Promise<Identity> => {
    const answer = verifier === null ? null : await verifier.verify(token);
    if (answer?.verdict === "unknown") throw new DomainError("keys_unavailable");
    if (answer?.verdict !== "good") throw bad();
    const email = vouchedEmail(answer.claims);
    if (email === null) throw bad();
    return { email, tokenId: null, expiresAt: answer.expiresAt };
  };

  return async (token: string): Promise<Identity> => {
    switch (formOf(token)) {
      case "uuid":
        return own(token);
      case "jwt":
        return vouchedFor(token);
      case null:
        throw new DomainError("malformed_token");
    }
  };
}

/** As the devices' document words it; why exactly is nobody's business. */
function bad(): DomainError {
  return new DomainError("invalid_token", "Invalid or expired token");
}
