/** A pending call made with {@link Clock.after} or {@link Clock.every}. */
export interface Timer {
  /** Stops the timer. Harmless when it has already fired or been cancelled. */
  cancel(): void;
}

/**
 * The only source of time. Tests hand in one they move by hand, so nothing in the product ever sleeps.
 *
 * Promises: `now` never depends on a time zone; timers fire in order of their due time, never before it,
 * and never keep the process alive by themselves.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, an integer. */
  now(): number;
  /** Calls `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` every `ms` milliseconds until cancelled. */
  every(ms: number, run: () => void): Timer;
}
