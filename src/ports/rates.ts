/** How often something may happen: `limit` times in any `windowMs`, wherever the window begins. */
export interface Quota {
  /** At least 1. */
  readonly limit: number;
  readonly windowMs: number;
}

/** What became of one use. */
export interface Use {
  readonly allowed: boolean;
  /** Uses left right now. */
  readonly remaining: number;
  /** Until all of the quota is there again, in ms; at most the window. */
  readonly resetMs: number;
  /** Until one use is allowed, in ms; 0 while some are left. */
  readonly retryMs: number;
}

/**
 * Counts uses by key.
 *
 * Atomicity: `take` is one step; however many callers race, no more than `limit` are allowed in a window. A use that is
 * refused does not count. Missing keys: never used. Forgetting: a key is forgotten once its last use is older than its
 * window; an adapter with a bound may forget those used longest ago sooner, which allows them more, never less.
 * Cost: independent of the number of keys.
 */
export interface Rates {
  /**
   * Counts one use of `key` if the quota has one left. Rates that ask no store answer at once.
   *
   * @throws {StoreUnavailable} as a promise
   */
  take(key: string, quota: Quota): Use | Promise<Use>;
}
