/** A message kept for whoever comes to fetch it. */
export interface Mail {
  /**
   * Its place in the mailbox, a positive safe integer: larger than that of every mail posted there before it, even if
   * the mailbox was forgotten in between or the store has lost everything.
   */
  readonly cursor: number;
  readonly kind: string;
  readonly from: string;
  /** Null: for everybody. */
  readonly to: string | null;
  /** Opaque to every adapter, and kept byte for byte. */
  readonly content: string;
}

export interface Draft extends Omit<Mail, "cursor"> {
  readonly mailbox: string;
  /** How long it is kept, in ms. */
  readonly ttlMs: number;
  /** Takes the place of what the same sender posted last to the same addressee, of each of these kinds. */
  readonly supersedes: readonly string[];
}

/** How much may lie in a mailbox at once. A mail weighs the UTF-8 bytes of its kind, names and content. */
export interface Measure {
  readonly count: number;
  readonly bytes: number;
}

export interface Bounds {
  /** All mail of one mailbox. */
  readonly mailbox: Measure;
  /** What one sender has in one mailbox. */
  readonly sender: Measure;
}

/** Which mail of a mailbox. What is left out does not select. */
export interface Selection {
  readonly kind?: string | undefined;
  /** Leaves out what this peer sent itself, and what is addressed to others. */
  readonly reader?: string | undefined;
  /** Only what is addressed to this peer by name. */
  readonly addressee?: string | undefined;
}

/** Whether a selection lets a mail through. */
export function selects({ kind, reader, addressee }: Selection, mail: Pick<Mail, "kind" | "from" | "to">): boolean {
  if (kind !== undefined && mail.kind !== kind) return false;
  if (addressee !== undefined && mail.to !== addressee) return false;
  return reader === undefined || (mail.from !== reader && (mail.to === null || mail.to === reader));
}

/** Why a watcher is told: something it may read was posted, or the whole mailbox was dropped. */
export type Tidings = "posted" | "dropped";

/**
 * Mailboxes, each named by an id. A mailbox comes into being with its first mail and is forgotten with its last.
 * Every verb throws {@link StoreUnavailable}; a mail may then have been posted all the same.
 *
 * Atomicity: every verb is one step; two posts never get one cursor, and a bound is never passed, however many post at
 * once. Order: by cursor. Staleness: mail past its time is never returned and counts in no bound, swept or not. Missing
 * mailboxes are empty ones. Nothing is ever dropped to make room: a mail that does not fit is refused.
 */
export interface Mailboxes {
  /** Puts a mail into its mailbox, or says what is full. What it supersedes does not count, and stays if it is refused. */
  post(draft: Draft, bounds: Bounds): Promise<{ readonly cursor: number } | { readonly full: "mailbox" | "sender" }>;
  /** The mail posted after a cursor, in order, at most `limit`. */
  read(mailbox: string, selection: Selection, after: number, limit: number): Promise<readonly Mail[]>;
  /** The mail that was posted last. */
  newest(mailbox: string, selection: Selection): Promise<Mail | null>;
  /**
   * Tells of every post that the selection lets through, on whichever node, once this has resolved; a read made when
   * told finds the mail. May tell several at once, and in vain. What a node that died or a connection that broke could
   * not tell is told within seconds. The function that comes back ends it.
   *
   * `tell` must not throw and must not wait: it is called on the path of the post.
   */
  watch(mailbox: string, selection: Selection, tell: (what: Tidings) => void): Promise<() => void>;
  /** Forgets a mailbox with all its mail, and tells its watchers. */
  drop(mailbox: string): Promise<void>;
  /**
   * Forgets the mail whose time is over; returns how many went. A store that forgets by itself has nothing to do: 0.
   */
  sweep(): Promise<number>;
}
