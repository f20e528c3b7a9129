import type { Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";

const TOPIC = "room-arrivals";

/**
 * How long a host that registers waits for the node that runs its room, in ms, and how many may at once. Past either it goes
 * on without: that node tells the pool of its rooms in session every few seconds.
 */
const PATIENCE_MS = 1_000;
const MOST_WAITING = 256;

export interface RoomArrivalsDeps {
  readonly courier: Courier;
  readonly membership: Pick<Membership, "isDead">;
  /** The node that runs a room; null if none does. */
  homeOf(room: string): Promise<string | null>;
  /** A host came to wait in a room of this node; resolves once the pool knows whether it is in a session there. */
  arrived(room: string): Promise<void>;
}

/** Lets the node that runs a room make the host that came to it busy, whichever node the host has registered with. */
export interface RoomArrivals {
  /** The node to {@link tell} of a host that came to this room; null if there is none, or it cannot be found out. Never rejects. */
  whom(room: string): Promise<string | null>;
  /** Resolves once that node has told the pool who is in the room, or has not in time. Never rejects. */
  tell(node: string, room: string): Promise<void>;
}

export function createRoomArrivals({ courier, membership, homeOf, arrived }: RoomArrivalsDeps): RoomArrivals {
  let waiting = 0;
  courier.serve(TOPIC, async (room) => {
    await arrived(room);
    return "";
  });
  return {
    async whom(room) {
      // Without the store nobody can be told, and the host cannot register either.
      const home = await homeOf(room).catch(() => null);
      return home === null || membership.isDead(home) ? null : home;
    },
    async tell(node, room) {
      if (node === courier.node) return arrived(room);
      if (waiting >= MOST_WAITING) return;
      waiting++;
      await courier.ask(node, TOPIC, room, PATIENCE_MS).catch(() => undefined);
      waiting--;
    },
  };
}
