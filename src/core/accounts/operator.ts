import type { AccountRecords } from "../../ports/account-records.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { digestOf } from "./secrets.ts";

/** How long an invite is good for, in ms. */
export const INVITE_MS = 7 * 24 * 3_600_000;
/** How long a reset code is good for, in ms: it is handed over while somebody waits for it. */
export const RESET_CODE_MS = 3_600_000;

/** Nobody guesses 128 bits. */
const SECRET_BYTES = 16;

interface Deps {
  readonly records: AccountRecords;
  readonly clock: Clock;
  readonly random: Random;
}

/** A secret that an operator hands to somebody; it is shown this once. */
export interface HandedOut {
  readonly secret: string;
  /** In ms. */
  readonly expiresAt: number;
}

/** An invite that makes one account; with an address, only that one. */
export async function createInvite({ records, clock, random }: Deps, email: string | null): Promise<HandedOut> {
  const [secret, createdAt] = [random.token(SECRET_BYTES), clock.now()];
  const expiresAt = createdAt + INVITE_MS;
  await records.addInvite({ digest: digestOf(secret), createdAt, expiresAt }, email);
  return { secret, expiresAt };
}

/** A code that sets an account's password once, in place of any code before it. Null if there is no such account. */
export async function createResetCode({ records, clock, random }: Deps, email: string): Promise<HandedOut | null> {
  const [secret, createdAt] = [random.token(SECRET_BYTES), clock.now()];
  const expiresAt = createdAt + RESET_CODE_MS;
  const added = await records.addResetCode({ digest: digestOf(secret), createdAt, expiresAt }, email);
  return added ? { secret, expiresAt } : null;
}
