/** That a member of a group is there: a device of a user, a peer of a session. */
export interface Presence {
  readonly group: string;
  readonly member: string;
  /** Unique to the connection the member is there by; decides whose late cleanup counts. */
  readonly connection: string;
  /** The node that holds the connection. */
  readonly node: string;
  /** Opaque to every adapter. */
  readonly value: string;
  /**
   * When it began, in ms: of two connections of one member, the one with more is newer. Given by the store, and always
   * more than that of the connection it took over from.
   */
  readonly since: number;
}

export type NewPresence = Omit<Presence, "since">;

export interface Entered {
  readonly since: number;
  /** The connection that the member had before, if it was live. */
  readonly former: Presence | null;
}

/** How many members a group may have; those of the nodes in `without` do not count. */
export interface Room {
  readonly most: number;
  readonly without: readonly string[];
}

export interface Restored {
  /** The newer connection that stands instead, and nothing has changed; null if the member is there by the one given. */
  readonly stands: Presence | null;
  /** True if it worked and the member was not there before: others may have been told that it had left. */
  readonly wasGone: boolean;
}

/**
 * Who is there, over all nodes. An engine hands out one object a kind; kinds never see each other.
 *
 * Atomicity: every verb is one step for each group it touches; a member has one connection at a time. Staleness: a
 * presence past its time to live is never returned, swept or not. Missing groups are empty ones. Cost: no verb depends
 * on how many groups there are. Every verb throws {@link StoreUnavailable}; what it was to do may then have been done.
 */
export interface Presences {
  /** The member is there by this connection from now on, whichever it had before. */
  enter(presence: NewPresence, ttlMs: number): Promise<Entered>;
  /** The same if there is room, or the member is there already. Null: there is none, and nothing has changed. */
  enterIfRoom(presence: NewPresence, ttlMs: number, room: Room): Promise<Entered | null>;
  /**
   * Says again that the member is there: prolongs it, or puts back what the store has lost or others have cleared away.
   * A newer connection of the member is left as it is.
   */
  restore(presence: Presence, ttlMs: number): Promise<Restored>;
  /** Prolongs many that stand by just these connections. The others come back, and are left as they are. */
  prolong(presences: readonly Presence[], ttlMs: number): Promise<readonly Presence[]>;
  /** The member is gone, if this is still its connection. Exactly one caller is told true. */
  leave(group: string, member: string, connection: string): Promise<boolean>;
  /** Who is in these groups, each in no particular order; empty groups are left out. */
  of(groups: readonly string[]): Promise<ReadonlyMap<string, readonly Presence[]>>;
  /**
   * All that a node holds, in pages. What enters or leaves meanwhile may be missing, and one may come twice. A presence
   * that was taken over by another node is not this node's any more.
   */
  ofNode(node: string): AsyncIterable<readonly Presence[]>;
}
