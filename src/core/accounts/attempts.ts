import type { Quota, Rates } from "../../ports/rates.ts";
import { DomainError } from "../errors/errors.ts";

/** Somebody has guessed too often. */
export class TooManyAttempts extends DomainError {
  readonly retryMs: number;

  constructor(retryMs: number) {
    super("too_many_attempts");
    this.retryMs = retryMs;
  }
}

/** How often a password may be guessed before the next guess has to wait, unless the settings say otherwise. */
export const ATTEMPTS = { limit: 10, windowMs: 15 * 60_000 } as const;

/**
 * Counts guesses at the password of an address, wherever they come from: behind a proxy on this machine everybody is the
 * loopback, so not even that is let off. Counted before the guess is looked at, so that many at once do not slip
 * through. `mark` changes with every guess that was right, which begins the count anew: only those in a row count.
 */
export function createAttempts(rates: Rates, quota: Quota = ATTEMPTS, refused?: () => void) {
  return {
    /** @throws {TooManyAttempts} */
    async take(email: string, mark: number): Promise<void> {
      const { allowed, retryMs } = await rates.take(`accounts:password:${mark}:${email}`, quota);
      if (allowed) return;
      refused?.();
      throw new TooManyAttempts(retryMs);
    },
  };
}

export type Attempts = ReturnType<typeof createAttempts>;
