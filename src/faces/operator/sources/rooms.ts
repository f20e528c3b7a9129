import type { RoomDirectory } from "../../../core/signaling/room-directory.ts";
import { localPage, plain, type Source } from "../source.ts";
import type { Item, Link } from "../wire.ts";

const FACE = "rooms";

export interface RoomSourceDeps {
  readonly rooms: RoomDirectory;
  /** The pool host that waits in a room. */
  hostIn(room: string): Promise<string | null>;
  readonly node: string;
}

/** Rooms that this node runs. */
export function roomSource({ rooms, hostIn, node }: RoomSourceDeps): Source {
  const show = (id: string, links: readonly Link[] = []): Item | null => {
    const room = rooms.view(id);
    if (room === null) return null;
    const away = room.peers.filter(({ state }) => state !== "live").length;
    return {
      ...plain,
      kind: "rooms",
      id,
      label: id,
      state: room.peers.length > 1 ? "met" : "waiting",
      face: FACE,
      node,
      fields: { peers: room.peers.length, away, peerIds: room.peers.map((peer) => peer.id).join(", ") },
      links: [...links, { as: "node", kind: "nodes", id: node }],
    };
  };
  return {
    kind: "rooms",
    face: FACE,
    states: ["waiting", "met"],
    isLocal: true,
    page: (query) => localPage(new Map([...rooms.ids()].map((id) => [id, () => show(id)] as const)), query),
    async find(id) {
      if (rooms.view(id) === null) return null;
      const host = await hostIn(id);
      const item = show(id, host === null ? [] : [{ as: "host", kind: "hosts", id: `host-pool:${host}` }]);
      return item && { item };
    },
    async search(text) {
      const found: Item[] = [];
      for (const id of rooms.ids()) {
        const item = rooms.view(id)?.peers.some((peer) => peer.id === text) === true ? show(id) : null;
        if (item !== null) found.push(item);
      }
      const own = show(text);
      return own === null ? found : [own, ...found];
    },
  };
}
