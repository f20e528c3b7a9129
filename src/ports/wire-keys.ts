/**
 * Keys whose name and content a protocol's document fixes, so that programs of another make can read and write them.
 * They mirror the truth, which lives in our own records. An engine without a shared store has none.
 *
 * Atomicity: each verb touches one key in one step. Order: verbs on one key from one caller happen in the order they
 * were called. Missing keys: null or no effect. `scan` promises to yield every key that exists throughout the scan, at
 * least once.
 */
export interface WireKeys {
  /** Writes the key with a time to live, in ms. */
  put(key: string, value: string, ttlMs: number): Promise<void>;
  /** Changes a key that exists and leaves its time to live alone. */
  replace(key: string, value: string): Promise<void>;
  get(key: string): Promise<string | null>;
  remove(key: string): Promise<void>;
  /** Every key that begins with `prefix`, with its value and the ms it has left to live, in batches. */
  scan(prefix: string): AsyncIterable<readonly WireEntry[]>;
}

export interface WireEntry {
  readonly key: string;
  readonly value: string;
  /** Null for a key without a time to live. */
  readonly ttlMs: number | null;
}
