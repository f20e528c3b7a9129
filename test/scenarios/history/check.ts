import type { History, HistoryEvent } from "./history.ts";

/** The numbers of the promises that are checked. */
export type Invariant = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
  /** The events that prove it. */
  readonly proof: readonly HistoryEvent[];
}

/** How long things may take in the world that the history is of, in ms. */
export interface Bounds {
  /** How long a found host is kept. */
  readonly allocationMs: number;
  /** How long a pool host lives without a beat. */
  readonly hostLeaseMs: number;
  /** How long a presence may be shown after it ended without a goodbye, or hidden after it began. */
  readonly presenceMs: number;
  /** How long after a fault is healed nothing of it may be left. */
  readonly recoveryMs: number;
  /** How long a message may be under way. */
  readonly deliveryMs: number;
  /** What a node may use more than before. */
  readonly rssBytes: number;
  readonly descriptors: number;
}

/** One promise: what of a history breaks it. Where an outcome is unknown, both are allowed. */
export type Check = (history: History, bounds: Bounds) => Violation[];
