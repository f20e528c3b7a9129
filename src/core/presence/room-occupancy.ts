import type { Clock, Timer } from "../../ports/clock.ts";
import type { Host } from "./host.ts";

/** From this many peers on, the host that waits in a room is in a session. */
const IN_SESSION = 2;

/**
 * How long a session keeps its host busy without being confirmed, and how often it is, in ms. A node that dies cannot
 * say that its rooms are gone; its hosts come free by themselves.
 */
const OCCUPIED_MS = 20_000;
const CONFIRM_MS = 6_000;

/** How long to wait before a store that failed is asked again, in ms. */
const RETRY_MS = 1_000;

export interface RoomOccupancyOptions {
  readonly pool: {
    occupyRoom(room: string, forMs: number): Promise<Host | null>;
    roomEmptied(hostId: string): Promise<Host | null>;
  };
  readonly clock: Clock;
  /** How many peers are in a room right now. */
  occupancy(room: string): number;
  failed(error: unknown): void;
}

/** What the pool was last told of a room in session. */
interface Session {
  /** The host that was made busy; null if none waited there. */
  readonly hostId: string | null;
  readonly confirm: Timer;
}

/**
 * Makes pool hosts busy while somebody is in their room with them. Follows the level, not the events: for each room
 * one worker at a time brings the pool to what the room is now, so that quick joins and leaves cannot overtake each
 * other on their way to the store, and a failed step is tried again.
 */
export class RoomOccupancy {
  readonly #options: RoomOccupancyOptions;
  readonly #sessions = new Map<string, Session>();
  /** The workers; each ends when its room is settled, or a step of it has failed. */
  readonly #working = new Map<string, Promise<void>>();
  /** Rooms that a worker must look at once more. */
  readonly #due = new Set<string>();
  /** Rooms in session of which the pool must be told again. */
  readonly #stale = new Set<string>();
  /** Rooms that were forgotten while the pool was being told of them. */
  readonly #forgotten = new Set<string>();

  constructor(options: RoomOccupancyOptions) {
    this.#options = options;
  }

  /** The number of peers in a room may have changed. */
  changed(room: string): void {
    void this.#settle(room);
  }

  /**
   * A host came to wait in a room: a session may be going on there already. Resolves once the pool has been told, or could
   * not be; then it is tried again. Never rejects.
   */
  arrived(room: string): Promise<void> {
    this.#stale.add(room);
    return this.#settle(room);
  }

  /**
   * The room goes on elsewhere, and is no more ours to speak of: its host is not made idle, and stays busy no longer than
   * whoever has the room confirms.
   */
  forget(room: string): void {
    this.#sessions.get(room)?.confirm.cancel();
    this.#sessions.delete(room);
    this.#stale.delete(room);
    if (this.#working.has(room)) this.#forgotten.add(room);
  }

  #settle(room: string): Promise<void> {
    this.#due.add(room);
    return this.#working.get(room) ?? this.#begin(room);
  }

  #begin(room: string): Promise<void> {
    const work = this.#work(room);
    this.#working.set(room, work);
    return work;
  }

  async #work(room: string): Promise<void> {
    const { clock, failed } = this.#options;
    try {
      while (this.#due.delete(room)) while (await this.#step(room));
      this.#working.delete(room);
      this.#forgotten.delete(room);
    } catch (error) {
      failed(error);
      this.#stale.add(room);
      this.#due.add(room);
      clock.after(RETRY_MS, () => void this.#begin(room));
    }
  }

  /** One step of the pool towards the room as it is now; false if there is none to do. */
  async #step(room: string): Promise<boolean> {
    const { pool, clock, occupancy } = this.#options;
    const isInSession = occupancy(room) >= IN_SESSION;
    const told = this.#sessions.get(room);
    const isStale = this.#stale.delete(room);
    if (isInSession && (told === undefined || isStale)) {
      const host = await pool.occupyRoom(room, OCCUPIED_MS);
      told?.confirm.cancel();
      if (this.#forgotten.delete(room)) return true;
      const confirm = clock.after(CONFIRM_MS, () => void this.arrived(room));
      // A host that has moved to another room stays known here until this one is empty.
      this.#sessions.set(room, { hostId: host?.id ?? told?.hostId ?? null, confirm });
      return true;
    }
    if (!isInSession && told !== undefined) {
      const host = told.hostId === null ? null : await pool.roomEmptied(told.hostId);
      told.confirm.cancel();
      this.#sessions.delete(room);
      // It has moved on meanwhile, perhaps into its next session.
      if (host !== null && host.room !== room) void this.arrived(host.room);
      return true;
    }
    return false;
  }
}
