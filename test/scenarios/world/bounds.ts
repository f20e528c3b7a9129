import type { Bounds } from "../history/check.ts";

/** What holds in the worlds that faults are done to. */
export const BOUNDS: Bounds = {
  allocationMs: 6_000,
  hostLeaseMs: 6_000,
  // What the documents promise of a node that dies.
  presenceMs: 10_000,
  recoveryMs: 15_000,
  deliveryMs: 5_000,
  rssBytes: 96 * 1024 * 1024,
  descriptors: 24,
};
