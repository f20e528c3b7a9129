import type { Lease } from "./leases.ts";

export interface LeasePage {
  readonly leases: readonly Lease[];
  /** Where this page began, for whoever asks for it again; it may hold more then, or fewer. */
  readonly from: string;
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

/**
 * All leases of a pool, for whoever looks them over.
 *
 * Atomicity: each page is one step, all together are not: a lease that lives all the while comes at least once, in no
 * particular order; what comes or goes meanwhile may be missing. Staleness is that of {@link Leases}. Cost: that of the
 * page, wherever it begins.
 */
export interface LeasePages {
  /**
   * `from`: what the page before said, or null for the first. A page holds `limit` or so: it may have more, or fewer, or
   * none, and still not be the last.
   */
  page(from: string | null, limit: number): Promise<LeasePage>;
}
