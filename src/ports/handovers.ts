/**
 * Values left under a name for one caller to collect, on whichever node.
 *
 * Atomicity: each verb is one step; of several callers who collect the same value, one gets it. Staleness: a value past
 * its time is never returned. Missing names: null. Forgetting: an adapter with a bound may forget those left longest ago
 * sooner. Every verb throws {@link StoreUnavailable}.
 */
export interface Handovers {
  /** Keeps a value for `ttlMs`, in place of whatever was left under the name. */
  leave(name: string, value: string, ttlMs: number): Promise<void>;
  /** Takes the value; nobody finds it after that. */
  collect(name: string): Promise<string | null>;
}
