/** What a lease is doing: free to be claimed, claimed and waiting for its claimant, or in use. */
export type LeaseState = "idle" | "allocated" | "busy";

/**
 * Why a lease is busy. `soft`: its owner said so while renewing; its next idle renewal takes that back.
 * `firm`: stands until {@link Leases.free} or the lease's end. `timed`: the same, but it also lapses by itself unless
 * said again. `withheld`: kept from claims until its owner renews, whatever it says then.
 */
export type Hold = "soft" | "firm" | "timed" | "withheld";

/**
 * What somebody keeps in a lease, opaque to every adapter: a text, or an object, which nobody changes any more. A store
 * outside this process keeps the JSON of an object, and hands back that.
 */
export type LeaseValue = string | object;

/**
 * A record with a time to live and, once claimed, an allocation with a lease of its own: an allocation goes on when the
 * record's time is over, and a new record of the same id begins with it.
 */
export interface Lease {
  readonly id: string;
  /** The claimable pool within the pool, such as a region. */
  readonly group: string;
  /** A second name by which the lease is found, such as the room a host waits in. */
  readonly alias: string;
  readonly value: LeaseValue;
  readonly state: LeaseState;
  /** Null unless busy. */
  readonly hold: Hold | null;
  /** When the lease ends unless renewed, in ms. */
  readonly expiresAt: number;
  /** The fencing token of the newest allocation; 0 before the first. Grows over the whole pool, never repeats. */
  readonly epoch: number;
  /** Grows with every change of the lease, over the whole pool: of two copies, the one with more is newer. */
  readonly revision: number;
}

export interface Renewal {
  readonly id: string;
  readonly group: string;
  readonly alias: string;
  readonly value: LeaseValue;
  /** How long the lease lives from now, in ms. */
  readonly ttlMs: number;
  /** What the owner says of itself; left out, it stays as it was, and starts idle. */
  readonly state?: "idle" | "busy" | undefined;
  /**
   * Set to begin a new lease withheld, whatever `state` says: its owner is not ready to be claimed yet. One that begins
   * allocated cannot be claimed as it is.
   */
  readonly begin?: "withheld" | undefined;
  /** Set to be refused rather than renewed while another live lease has the alias. */
  readonly exclusive?: boolean | undefined;
}

export interface Renewed {
  readonly lease: Lease;
  readonly created: boolean;
  /** The alias leads to this lease, and did not before. */
  readonly moved: boolean;
}

export interface LeaseCounts {
  readonly idle: number;
  readonly allocated: number;
  readonly busy: number;
  /** Allocations that nobody made use of, since the pool began. */
  readonly lapsed: number;
}

/**
 * One pool of leases. An engine hands out one object a pool; pools never see each other.
 *
 * Atomicity: every verb is one step; no caller sees half of another's. Two claims never return the same lease until
 * its allocation ended. Staleness: a lease past `expiresAt`, and an allocation or timed busy past its time, are
 * never returned, even before anything swept them. Missing ids: null or false, never an error. Cost: no verb but `counts` and `sweep`
 * depends on how many leases there are by more than a logarithm.
 */
export interface Leases {
  /**
   * Makes the lease or prolongs it, replacing group, alias and value.
   * `idle` undoes a soft busy only; `busy` ends an allocation. A new lease begins allocated, unless its owner says busy, if
   * one of this id expired while it was, until that allocation's own time and with its epoch. An alias leads to the first lease that renewed with it,
   * until that one ends or renews with another; then to whichever renews with it next. Null, and nothing changed, if it
   * was to be exclusive and the alias leads to another lease. Leases that ask no store answer at once: this is what
   * happens most.
   */
  renew(renewal: Renewal): Renewed | null | Promise<Renewed | null>;
  /**
   * The same where it changes nothing but the value and the time, which is what happens most of all: of a live lease with
   * that group, to which the alias leads, and which stays idle, allocated or busy as it is. False, and nothing changed, if
   * there is more to it; then {@link renew} it. Left out where a store has to be asked.
   *
   * @param now in ms, by the clock of the leases, for whoever has looked already
   */
  prolong?(
    id: string,
    group: string,
    alias: string,
    value: LeaseValue,
    ttlMs: number,
    state: "idle" | "busy" | undefined,
    now: number,
  ): boolean;
  /** The live lease with this id, or the one that the alias leads to. */
  find(by: { readonly id: string } | { readonly alias: string }): Promise<Lease | null>;
  /** Those of the ids that have no live lease. */
  missing(ids: readonly string[]): Promise<readonly string[]>;
  /**
   * Makes the lease busy; an allocation ends. Firmly, or with `forMs` for that time from now unless said again, which
   * leaves a firm busy firm. Null if there is no such lease.
   */
  occupy(id: string, forMs?: number): Promise<Lease | null>;
  /**
   * Makes the lease idle. `held` undoes a firm or timed busy, `any` everything, an allocation included, also one that its
   * lease has not outlived. Null if there is no such lease; otherwise the lease as it now is.
   */
  free(id: string, what: "held" | "any"): Promise<Lease | null>;
  /**
   * Allocates one idle lease of `group` (of any, when left out) for `forMs`, with a fresh epoch.
   * `pick` in [0, 1) says which of the idle ones, unless the store draws one by itself; each is as likely. Null when none
   * is idle. Where a store has lost its data under a process that had used it, nothing is claimed until `forMs` after it
   * began anew: what was claimed before may be in use. Leases that ask no store answer at once.
   */
  claim(request: {
    readonly group?: string | undefined;
    readonly forMs: number;
    readonly pick: number;
  }): Lease | null | Promise<Lease | null>;
  /**
   * Gives an allocation back, also one that its lease has not outlived. Refused (false) when `epoch` is not the newest or the
   * allocation is over.
   * `withhold` keeps the lease from every claim until its owner renews.
   */
  release(id: string, epoch: number, then: "idle" | "withhold"): Promise<boolean>;
  /** Ends the lease at once, and its allocation even where there is no lease. The revision of its end; null if there was none. */
  end(id: string): Promise<number | null>;
  /** How many live leases are in each state, and how many allocations have lapsed. */
  counts(): Promise<LeaseCounts>;
  /** Forgets what has expired, in bounded bites; returns how many leases went. */
  sweep(): Promise<number>;
  /**
   * Leases that came idle without their owner's word, since an allocation or a timed busy lapsed or was given back, as they
   * are now: each to one of all who ask, and some hundreds a call at most. For whoever shows leases elsewhere; left out where
   * no store is asked, and so nobody does.
   */
  freed?(): Promise<readonly Lease[]>;
}
