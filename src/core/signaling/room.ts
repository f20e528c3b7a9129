import { DomainError } from "../errors/errors.ts";
import type { Seat } from "./seat.ts";

/** A message of one peer for others of its room. */
export interface Signal {
  /** The peer it is for; left out, whom it is for must be clear. */
  readonly to?: string | undefined;
  /** True: the sender ends the connection between the two. */
  readonly farewell: boolean;
  /** What the receiver gets, opaque. */
  readonly payload: string;
}

/** The seats that belong together, in order of arrival. */
export class Room {
  readonly id: string;
  readonly seats = new Map<string, Seat>();
  /** The occupancy last reported. */
  reported = 0;

  constructor(id: string) {
    this.id = id;
  }

  others(seat: Seat): Seat[] {
    return [...this.seats.values()].filter((other) => other !== seat);
  }

  /** True if somebody with another token is there, too. */
  isMatched(seat: Seat): boolean {
    return [...this.seats.values()].some((other) => other.subject !== seat.subject);
  }

  /**
   * Who gets a signal.
   *
   * @throws {DomainError} peer_not_found, bad_message if there are several to choose from
   */
  addressees(from: Seat, signal: Signal): readonly Seat[] {
    if (signal.to !== undefined) {
      const seat = this.seats.get(signal.to);
      if (seat === undefined || seat === from) throw new DomainError("peer_not_found");
      return [seat];
    }
    const others = this.others(from);
    if (signal.farewell || others.length === 1) return others;
    if (others.length === 0) throw new DomainError("peer_not_found", "Nobody else is in this room.");
    throw new DomainError("bad_message", `"to" is needed: ${others.length} other peers are in this room.`);
  }

  /**
   * Whose seats a newcomer may have: one whose peer has closed properly, when there is no free one, or all when there
   * is nobody else (a page that was loaded again should not meet its own ghost).
   *
   * @returns null if the room is full
   */
  makesWayFor(capacity: number): readonly Seat[] | null {
    const all = [...this.seats.values()];
    const leaving = all.filter((seat) => seat.state === "leaving");
    if (leaving.length === all.length) return all;
    if (all.length < capacity) return [];
    return leaving.length > 0 ? leaving.slice(0, 1) : null;
  }
}
