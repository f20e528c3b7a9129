import type { Clock } from "../../ports/clock.ts";
import type { HostPool } from "./host-pool.ts";

/** From this many peers on, the host that waits in a room is in a session. */
const IN_SESSION = 2;

/** How long to wait before a store that failed is asked again, in ms. */
const RETRY_MS = 1_000;

export interface RoomOccupancyOptions {
  readonly pool: Pick<HostPool, "occupyRoom">;
  readonly clock: Clock;
  /** How many peers are in a room right now. */
  occupancy(room: string): number;
  failed(error: unknown): void;
}

/**
 * Makes pool hosts busy while somebody is in their room with them. Follows the level, not the events: for each room
 * one worker at a time brings the pool to what the room is now, so that quick joins and leaves cannot overtake each
 * other on their way to the store, and a failed step is tried again.
 */
export class RoomOccupancy {
  readonly #options: RoomOccupancyOptions;
  /** Rooms whose host was made busy here. */
  readonly #occupied = new Set<string>();
  readonly #working = new Set<string>();
  /** Rooms whose host registered while a worker was on its way to the store. */
  readonly #registered = new Set<string>();

  constructor(options: RoomOccupancyOptions) {
    this.#options = options;
  }

  /** The number of peers in a room may have changed. */
  changed(room: string): void {
    if (!this.#working.has(room)) void this.#work(room);
  }

  /** A host came into the pool: it may be in a session already, having been silent for too long. */
  registered(room: string): void {
    this.#registered.add(room);
    this.changed(room);
  }

  async #work(room: string): Promise<void> {
    const { pool, clock, occupancy, failed } = this.#options;
    this.#working.add(room);
    try {
      for (;;) {
        if (this.#registered.delete(room)) this.#occupied.delete(room);
        const occupied = occupancy(room) >= IN_SESSION;
        if (occupied === this.#occupied.has(room)) break;
        await pool.occupyRoom(room, occupied);
        if (occupied) this.#occupied.add(room);
        else this.#occupied.delete(room);
      }
      this.#working.delete(room);
    } catch (error) {
      failed(error);
      clock.after(RETRY_MS, () => void this.#work(room));
    }
  }
}
