import type { Namespace } from "socket.io";

const NO_ROOMS = new Set<string>();

/**
 * Socket.IO has each socket stand in a room of its own, so that others can send to it by its id. Nobody here does, and the
 * sets of these rooms would take more memory than all that is ours of an idle socket. Sending to everybody goes on; to all
 * but one (`broadcast`, `except`) would reach that one, too, since it is by its room that it is left out.
 */
export function keepNoRooms({ adapter }: Namespace): void {
  adapter.addAll = (id, rooms) => {
    for (const room of rooms) if (room !== id) throw new Error("There are no rooms.");
    adapter.sids.set(id, NO_ROOMS);
  };
}
