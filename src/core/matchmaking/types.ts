import type { Ticket } from "../../ports/tickets.ts";
import type { Distribution } from "../measures/histogram.ts";
import type { RelayCounts, TicketCounts } from "../measures/outcomes.ts";

/** What somebody wants: the side they stand on, the side they seek, and what a partner gets to know. */
export interface Wish {
  readonly side: string;
  readonly seeks: string;
  /** Opaque to the core, but JSON. */
  readonly attributes: unknown;
}

/** Hears what happens to the members of this node, each member's news in order. */
export interface PairingListener {
  /** Queued; `position` is 1-based within the own side. */
  waiting(id: string, position: number): void;
  /** Exactly one of the two is the initiator: the later arrival. */
  matched(id: string, partner: Ticket, initiator: boolean): void;
  /** What the partner relays. */
  relayed(id: string, message: unknown): void;
  /** The partner has stopped or gone. */
  parted(id: string): void;
  /** Asks faster than it can be served; nothing may be dropped, so its connection must end. */
  overwhelmed(id: string): void;
  /** Whoever had this wish has met somebody after so many ms; null: it gave up. */
  waited?(wish: Wish, ms: number | null): void;
  /** Something went wrong that nobody waits for. */
  failed(error: unknown): void;
}

/** Messages as text, which is how they travel to another node. */
export interface Packing {
  pack(message: unknown): string;
  /** Equal to what was packed, as far as its receiver can tell. */
  unpack(text: string): unknown;
}

export interface PairingCounts {
  /** Those who have joined, on all nodes; of other nodes, those who wait or are matched. */
  readonly users: number;
  /** Those who have joined on this node. */
  readonly usersHere: number;
  readonly matches: number;
  readonly waiting: Readonly<Record<string, number>>;
}

export interface PairingTotals {
  readonly matched: number;
  readonly relayed: number;
  /** What became of each time that a member of this node waited. */
  readonly tickets: TicketCounts;
  /** How long those waited that were matched, in seconds. */
  readonly waits: Distribution;
  readonly relays: RelayCounts;
}

/**
 * Pairs members that stay connected: they wait, meet, talk, part and meet somebody else, whichever nodes they are on.
 *
 * Who meets whom is decided by `place` and `reconsider` of the tickets port alone, who ends a match by
 * its `end`, and whether somebody leaves a line unmatched by its `withdraw`. What this service
 * remembers follows from their answers. News of a match are told by the node that learns of it, and may be told twice:
 * each names its match, and a member hears it once.
 */
export interface Pairing {
  /**
   * Queues a member with this wish; if matched, that match ends first.
   *
   * @throws {DomainError} draining
   * @throws {StoreUnavailable} and the member is then in no line
   */
  join(id: string, wish: Wish): Promise<void>;
  /** Ends the match and queues again at once. Nothing to do for one who waits or has not joined. Throws as join does. */
  stop(id: string): Promise<void>;
  /** The member is gone. */
  leave(id: string): Promise<void>;
  /**
   * Passes on to the partner what `make` returns, behind all news the partner has still to get; undefined is nothing.
   * `make` gets the member's own ticket, and is not called unless the member is matched by then. A partner whose node
   * is gone is parted from.
   *
   * @throws {StoreUnavailable} if the message cannot get to the partner's node
   */
  relay(id: string, make: (own: Ticket) => unknown): Promise<void>;
  /** No more matches from here on. */
  drain(): void;
  /** Waits until everybody who has left is out of the lines. */
  settled(): Promise<void>;
  /** While the store is away, of this node only. */
  counts(): Promise<PairingCounts>;
  /** Since the start, on this node. */
  totals(): PairingTotals;
  /** The ids of those who have joined on this node. */
  members(): Iterable<string>;
  /** How one of them stands; null if it is not here. */
  member(id: string): MemberView | null;
  /** An operator takes a member out of its line. False if it does not wait, or was matched just then. */
  cancel(id: string): Promise<boolean>;
}

/** A member, for whoever looks. */
export interface MemberView {
  readonly id: string;
  readonly phase: "idle" | "waiting" | "matched" | "resting";
  /** When it came into that phase, in ms. */
  readonly since: number;
  readonly wish: Wish;
  readonly match: { readonly id: string; readonly madeAt: number; readonly partner: Ticket } | null;
  /** Whom it does not meet until then, in ms. */
  readonly avoids: readonly { readonly id: string; readonly until: number }[];
}
