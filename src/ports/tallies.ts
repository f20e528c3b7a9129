/** How much there is of everything, as of one moment. */
export interface TallyCounts {
  readonly hosts: {
    readonly total: number;
    /** ONLINE and BUSY. */
    readonly online: number;
    /** Sum of the online hosts' scores. */
    readonly qualitySum: number;
    /** Online hosts by score: from 90, from 70, from 50, and below. */
    readonly excellent: number;
    readonly good: number;
    readonly fair: number;
    readonly poor: number;
  };
  readonly zones: { readonly total: number; readonly enabled: number };
  readonly sessions: {
    readonly total: number;
    readonly active: number;
    readonly players: number;
    /** Sum of the ACTIVE sessions' average latencies, in ms, each to the microsecond. */
    readonly latencySumMs: number;
  };
}

/**
 * Counts kept by the writes of the other records: always what a recount would give. Cost: the same whatever there is.
 */
export interface Tallies {
  /** @throws {StoreUnavailable} */
  read(): Promise<TallyCounts>;
}
