/** What a lease is doing: free to be claimed, claimed and waiting for its claimant, or in use. */
export type LeaseState = "idle" | "allocated" | "busy";

/**
 * How firmly a lease is busy. `soft` is what the owner said while renewing and the next idle renewal takes back;
 * `firm` stands until {@link Leases.free} or the lease's end.
 */
export type Hold = "soft" | "firm";

/** A record with a time to live and, once claimed, an allocation with a lease of its own. */
export interface Lease {
  readonly id: string;
  /** The claimable pool within the pool, such as a region. */
  readonly group: string;
  /** A second name by which the lease is found, such as the room a host waits in. */
  readonly alias: string;
  /** Opaque to every adapter. */
  readonly value: string;
  readonly state: LeaseState;
  /** Null unless busy. */
  readonly hold: Hold | null;
  /** When the lease ends unless renewed, in ms. */
  readonly expiresAt: number;
  /** The fencing token of the newest allocation; 0 before the first. Grows over the whole pool, never repeats. */
  readonly epoch: number;
  /** True if the newest allocation (of a lease just claimed: the one before) lapsed and no renewal has come since. */
  readonly lapsed: boolean;
}

export interface Renewal {
  readonly id: string;
  readonly group: string;
  readonly alias: string;
  readonly value: string;
  /** How long the lease lives from now, in ms. */
  readonly ttlMs: number;
  /** What the owner says of itself; left out, it stays as it was, and starts idle. */
  readonly state?: "idle" | "busy";
  /** Set to begin a new lease softly busy, whatever `state` says: its owner is not ready to be claimed yet. */
  readonly begin?: "busy";
}

export interface LeaseCounts {
  readonly idle: number;
  readonly allocated: number;
  readonly busy: number;
}

/**
 * One pool of leases. An engine hands out one object a pool; pools never see each other.
 *
 * Atomicity: every verb is one step; no caller sees half of another's. Two claims never return the same lease until
 * its allocation ended. Staleness: a lease past `expiresAt` and an allocation past its time are never returned, even
 * before anything swept them. Missing ids: null or false, never an error. Cost: no verb but `counts` and `sweep`
 * depends on how many leases there are by more than a logarithm.
 */
export interface Leases {
  /**
   * Makes the lease or prolongs it, replacing group, alias and value.
   * `idle` undoes a soft busy only; `busy` ends an allocation. Reports whether the lease is new.
   */
  renew(renewal: Renewal): Promise<{ readonly lease: Lease; readonly created: boolean }>;
  /** The live lease with this id, or the one that last renewed with this alias. */
  find(by: { readonly id: string } | { readonly alias: string }): Promise<Lease | null>;
  /** Those of the ids that have no live lease. */
  missing(ids: readonly string[]): Promise<readonly string[]>;
  /** Makes the lease firmly busy; an allocation ends. Null if there is no such lease. */
  occupy(id: string): Promise<Lease | null>;
  /**
   * Makes the lease idle. `firm` undoes only a firm busy, `any` everything, an allocation included.
   * Null if there is no such lease; otherwise the lease as it now is.
   */
  free(id: string, what: "firm" | "any"): Promise<Lease | null>;
  /**
   * Allocates one idle lease of `group` (of any, when left out) for `forMs`, with a fresh epoch.
   * `pick` in [0, 1) says which of the idle ones. Null when none is idle.
   */
  claim(request: { readonly group?: string; readonly forMs: number; readonly pick: number }): Promise<Lease | null>;
  /**
   * Gives an allocation back. Refused (false) when `epoch` is not the newest or the allocation is over.
   * `withhold` leaves the lease softly busy, so that no claim gets it before its owner renews.
   */
  release(id: string, epoch: number, then: "idle" | "withhold"): Promise<boolean>;
  /** Ends the lease at once. False if there was none. */
  end(id: string): Promise<boolean>;
  /** How many live leases are in each state. */
  counts(): Promise<LeaseCounts>;
  /** Forgets what has expired, in bounded bites; returns how many leases went. */
  sweep(): Promise<number>;
}
