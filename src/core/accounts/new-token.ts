import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { NewToken } from "../../ports/token-records.ts";
import { tokenDigest } from "./secrets.ts";

/** What a token is issued to. */
export interface Device {
  readonly name: string | null;
  readonly userAgent: string | null;
}

export interface SignedIn {
  readonly email: string;
  /** Shown this once. */
  readonly token: string;
  readonly tokenId: string;
  /** In ms. */
  readonly expiresAt: number;
}

export interface NewTokenDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly tokenTtlMs: number;
}

/** A token for its user, and what is kept of it: once it is kept, it is good. */
export function newToken(
  { clock, random, tokenTtlMs }: NewTokenDeps,
  email: string,
  { name, userAgent }: Device,
): { readonly token: NewToken; readonly signedIn: SignedIn } {
  const [text, id, createdAt] = [random.uuid(), random.uuid(), clock.now()];
  const expiresAt = createdAt + tokenTtlMs;
  return {
    token: { id, digest: tokenDigest(text), email, name, userAgent, createdAt, expiresAt },
    signedIn: { email, token: text, tokenId: id, expiresAt },
  };
}
