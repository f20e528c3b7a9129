import type { Ticket } from "../../ports/tickets.ts";

/** What somebody wants: the side they stand on, the side they seek, and what a partner gets to know. */
export interface Wish {
  readonly side: string;
  readonly seeks: string;
  /** Opaque to the core. */
  readonly attributes: unknown;
}

/** Hears what happens to the members of this node, each member's news in order. */
export interface PairingListener {
  /** Queued; `position` is 1-based within the own side. */
  waiting(id: string, position: number): void;
  /** Exactly one of the two is the initiator: the later arrival. */
  matched(id: string, partner: Ticket, initiator: boolean): void;
  /** The partner has stopped or gone. */
  parted(id: string): void;
  /** Asks faster than it can be served; nothing may be dropped, so its connection must end. */
  overwhelmed(id: string): void;
  /** Something went wrong that nobody waits for. */
  failed(error: unknown): void;
}

export interface PairingCounts {
  /** Those who have joined, on this node. */
  readonly users: number;
  readonly matches: number;
  readonly waiting: Readonly<Record<string, number>>;
}

/**
 * Pairs members that stay connected: they wait, meet, talk, part and meet somebody else.
 *
 * Who meets whom is decided by `place` and `reconsider` of the tickets port alone, who ends a match by
 * its `end`, and whether somebody leaves a line unmatched by its `withdraw`. What this service
 * remembers follows from their answers.
 */
export interface Pairing {
  /**
   * Queues a member with this wish; if matched, that match ends first.
   *
   * @throws {DomainError} draining
   */
  join(id: string, wish: Wish): Promise<void>;
  /** Ends the match and queues again at once. Nothing to do for one who waits or has not joined. */
  stop(id: string): Promise<void>;
  /** The member is gone. */
  leave(id: string): Promise<void>;
  /**
   * Calls `deliver` with the partner and the member's own ticket, behind all news the partner has still to get.
   * Nothing happens unless both are in the same match by then.
   */
  relay(id: string, deliver: (partner: Ticket, own: Ticket) => void): void;
  /** No more matches from here on. */
  drain(): void;
  counts(): Promise<PairingCounts>;
  /** Since the start, on this node. */
  totals(): { readonly matched: number; readonly relayed: number };
}
