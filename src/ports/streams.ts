/** One message of a stream, and the rules by which it is taken. */
export interface Item {
  readonly kind: string;
  /** Opaque to every adapter, and kept byte for byte. */
  readonly content: string;
  /** What remains of it for whoever joins later: `kept`, itself; `latest`, itself until the next of its kind. */
  readonly remains: "kept" | "latest";
  /** Taken only if nothing by this name was taken before. */
  readonly once?: string;
  /** Taken only if the number, a safe integer, is above the highest that was taken by this key. */
  readonly after?: { readonly key: string; readonly number: number };
  /** The numbers of a key begin anew with the next one. Nothing for a key of which none was taken yet. */
  readonly restarts?: Restart;
  /** Nothing is taken after it. */
  readonly isLast?: boolean;
}

/**
 * Where numbers that begin anew are expected, and what of the former ones is still on its way: for `forMs`, a number is
 * left if it is more than `reach` ahead of the newest taken since (of `at`, where there is none) and nearer to the highest
 * from before. Everything else is taken by the rule of {@link Item.after}, wherever it begins.
 */
export interface Restart {
  readonly key: string;
  readonly at: number;
  readonly reach: number;
  readonly forMs: number;
}

/** How much may remain of a stream: items, names and keys, and the UTF-8 bytes of all of these and of their kinds. */
export interface StreamBounds {
  readonly count: number;
  readonly bytes: number;
}

export interface Batch {
  readonly items: readonly Pick<Item, "kind" | "content">[];
  /** Nothing comes after it. */
  readonly hasEnded: boolean;
}

export interface AppendOptions {
  readonly ttlMs: number;
  readonly bounds: StreamBounds;
}

/** Which items were taken; or nothing was, since what remains would have passed the bounds. */
export type Appended = { readonly taken: readonly boolean[] } | { readonly isFull: true };

/**
 * Streams, each named by an id: channels that remember what a late joiner needs. A stream comes into being with the first
 * item that is taken and is forgotten when its time is over. Missing streams are empty ones.
 *
 * Atomicity: every verb is one step. Of what several publishers append at once, each item is taken or left by the rules
 * as if they had come one after the other, and what one append takes stays together. Every verb throws
 * {@link StoreUnavailable}; items may then have been taken all the same, which their rules make harmless to repeat.
 */
export interface Streams {
  /**
   * Takes the items in order, each by its rules; says which were taken. If what remains would pass the bounds, nothing
   * is. The stream is kept for `ttlMs` from the newest append that took something.
   */
  append(stream: string, items: readonly Item[], options: AppendOptions): Promise<Appended>;
  /** The same if there is such a stream; null, and nothing has changed, if there is none: it is not begun. */
  appendIfThere(stream: string, items: readonly Item[], options: AppendOptions): Promise<Appended | null>;
  /** What remains, in the order in which it was taken; null if there is no such stream. */
  head(stream: string): Promise<Batch | null>;
  /**
   * Brings what remains, then each append's taken items as they come, on whichever node: once, in order, none left out.
   * Only when the way between the nodes has failed, what was missed comes as what remains of it, within seconds. A
   * stream that is not there yet is followed from its beginning. The function that comes back ends it.
   *
   * `hear` must not throw and must not wait. One who follows for many is enough on a node.
   */
  follow(stream: string, hear: (batch: Batch) => void): Promise<() => void>;
}
