/**
 * Hashes whose name and content a protocol's document fixes, so that programs of another make can read and write them.
 * They mirror the truth, as {@link WireKeys} do; an engine without a shared store has none.
 *
 * Atomicity: each verb is one step on one field. Order: a write carries the revision of the truth it shows, and one that
 * is older than what was last written to that field here, by whichever node, leaves the field as it is. Missing hashes
 * have no fields. The hash as a whole has a time to live, which is never shortened; one that another program lets live for
 * ever goes on doing so.
 */
export interface WireFields {
  /** Writes the field, and lets the hash live for as long as this at least, in ms. */
  put(key: string, field: string, value: string, revision: number, ttlMs: number): Promise<void>;
  /** Removes the field if it still holds just this, and not what another program has written since. */
  withdraw(key: string, field: string, value: string, revision: number): Promise<void>;
  /** All fields; none if the key holds something else than a hash. */
  all(key: string): Promise<ReadonlyMap<string, string>>;
}
