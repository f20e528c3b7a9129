/**
 * Keys whose name and content a protocol's document fixes, so that programs of another make can read and write them.
 * They mirror the truth, which lives in our own records. An engine without a shared store has none.
 *
 * Atomicity: each verb is one step on one key. Order: a write carries the revision of the truth it shows, and one that
 * is older than what was last written here, by whichever node, changes nothing (an older put still prolongs the key); so the key always shows the newest truth,
 * however the writes were delayed. Missing keys: null or no effect; what another program keeps there and is no text counts as missing. `scan` promises to yield every key that exists
 * throughout the scan, at least once.
 */
export interface WireKeys {
  /** Writes the key with a time to live, in ms. */
  put(key: string, value: string, revision: number, ttlMs: number): Promise<void>;
  /** Changes a key that exists and leaves its time to live alone. */
  replace(key: string, value: string, revision: number): Promise<void>;
  /**
   * The same for a key that holds what we wrote last. What another program has written there since stays as it is, and is
   * what comes back.
   */
  replaceOwn(key: string, value: string, revision: number): Promise<"replaced" | "gone" | { readonly theirs: string }>;
  remove(key: string, revision: number): Promise<void>;
  /** Removes the key if it still holds just this, and not what another program has written since. */
  withdraw(key: string, value: string, revision: number): Promise<void>;
  /** The content, and whether we wrote it: if not, another program has, since our last write. */
  get(key: string): Promise<{ readonly value: string; readonly isOurs: boolean } | null>;
  /** The names of all keys that begin with `prefix`, in batches. */
  scan(prefix: string): AsyncIterable<readonly string[]>;
  /** What these keys hold; those that are gone, or hold no text, are left out. */
  entries(keys: readonly string[]): Promise<readonly WireEntry[]>;
}

export interface WireEntry {
  readonly key: string;
  readonly value: string;
  /** What it has left to live; null for a key without a time to live. */
  readonly ttlMs: number | null;
}
