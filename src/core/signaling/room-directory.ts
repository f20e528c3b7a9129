import type { Timer } from "../../ports/clock.ts";
import type { Homes } from "../../ports/homes.ts";
import type { Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { Standstill } from "../cluster/standstill.ts";
import { DomainError } from "../errors/errors.ts";
import { NodeLine } from "./node-line.ts";
import type { PeerLink } from "./peer-link.ts";
import { RoomGateway } from "./room-gateway.ts";
import { RENEW_MS, RoomHomes } from "./room-homes.ts";
import { readParcel, type RoomEvent, type ToHome } from "./room-parcel.ts";
import { RoomVisits } from "./room-visits.ts";
import { createRooms, sendOrRefuse, type Entry, type Peer, type RoomFigures, type RoomsDeps } from "./rooms.ts";

const TOPIC = "rooms";

/** How long a room's home is looked for, and how long to wait between two looks, in ms. */
const LOOK_FOR_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/** How often it is looked which of the nodes we deal with are gone, in ms, and how often in a row one must be. */
const WATCH_MS = 1_000;
const GONE_AFTER = 3;

export interface RoomDirectoryDeps extends RoomsDeps {
  readonly homes: Homes;
  readonly courier: Courier;
  readonly membership: Membership;
  /** Another node runs the room from now on. */
  onMoved(roomId: string): void;
  failed(error: unknown): void;
}

/**
 * The rooms of all nodes. Each room has one home, the node that runs it; a peer that is connected to another node
 * reaches it there. What {@link Rooms} promises holds wherever the peers of a room are connected. When it cannot be
 * kept, because a node does not answer, or the room got another home, the connection is ended as moved.
 */
export interface RoomDirectory {
  /**
   * Seats a peer and welcomes it over `link`, or brings it back to its seat. The peer's `send` does not throw: the peer
   * is told what was refused.
   *
   * @throws {DomainError} room_full; room_unreachable if the room's home does not answer and is not dead either
   */
  enter(entry: Entry, link: PeerLink): Promise<Peer>;
  /** How many seats of the room are taken, if this node is its home; else 0. */
  occupancy(roomId: string): number;
  /** Of the rooms whose home is here. */
  figures(): RoomFigures;
  /** Begins to renew and to watch. */
  start(): void;
  /** Ends all rooms and gives them up, so that other nodes can run them. Resolves once they can. */
  drain(): Promise<void>;
  stop(): void;
}

export function createRoomDirectory(deps: RoomDirectoryDeps): RoomDirectory {
  const { clock, courier, membership, failed } = deps;
  const { node } = courier;
  const lines = new Map<string, NodeLine>();
  const missed = new Map<string, number>();
  const timers: Timer[] = [];
  let isDraining = false;

  const rooms = createRooms({
    ...deps,
    onOccupancy(room, peers) {
      if (peers === 0) homes.release(room);
      deps.onOccupancy(room, peers);
    },
  });
  const end = (room: string): void => {
    rooms.end(room);
    deps.onMoved(room);
  };
  const homes = new RoomHomes({
    node,
    homes: deps.homes,
    isEmpty: (room) => rooms.occupancy(room) === 0,
    onLost: end,
    failed,
  });
  const standstill = new Standstill(clock, () => homes.check());

  const lineTo = (other: string): NodeLine => {
    const line = lines.get(other) ?? openLine(other);
    lines.set(other, line);
    return line;
  };
  const openLine = (other: string): NodeLine =>
    new NodeLine({
      clock,
      ask: (body) => courier.ask(other, TOPIC, body),
      broken(error) {
        failed(error);
        visits.lost(other);
        gateway.lost(other);
      },
    });
  const gateway = new RoomGateway({ clock, lineTo });
  const visits = new RoomVisits({ node, rooms, homes, standstill, lineTo, failed });

  const hear = (from: string, event: RoomEvent): void => {
    if (isToHome(event)) visits.hear(from, event);
    else gateway.hear(from, event);
  };
  const lost = (other: string): void => {
    visits.lost(other);
    gateway.lost(other);
    lines.get(other)?.close();
    lines.delete(other);
    missed.delete(other);
  };

  courier.serve(TOPIC, (body, from) => {
    if (standstill.isCrowded()) throw new Error("too much waits for a check");
    standstill.whenSure(() => readParcel(body).forEach((event) => hear(from, event)));
    return "";
  });
  membership.onDeath(async (dead) => lost(dead));
  membership.onReturn(() => {
    homes.check().then(compare, failed);
  });

  const compare = (): void => {
    visits.compare();
    gateway.compare();
  };

  /** Deaths that another node has cleared up before this one looked. */
  const watch = (): void => {
    for (const other of new Set([...visits.gateways(), ...gateway.homes(), ...lines.keys()])) {
      const times = membership.isLive(other) ? 0 : (missed.get(other) ?? 0) + 1;
      missed.set(other, times);
      if (times >= GONE_AFTER) lost(other);
    }
  };

  const pause = (): Promise<void> => new Promise((passed) => clock.after(LOOK_AGAIN_MS, passed));

  /** A peer of this node, in a room of this node. */
  const local = (peer: Peer, link: PeerLink): Peer => ({
    id: peer.id,
    send(signal) {
      if (standstill.isSure()) sendOrRefuse(peer, signal);
      else if (standstill.isCrowded()) link.end("moved");
      else standstill.whenSure(() => sendOrRefuse(peer, signal));
    },
    refuse(code, message) {
      if (standstill.isCrowded()) link.end("moved");
      else standstill.whenSure(() => peer.refuse(code, message));
    },
    confirm(number) {
      if (!standstill.isCrowded()) standstill.whenSure(() => peer.confirm(number));
    },
    disconnected: (how) => standstill.whenSure(() => peer.disconnected(how)),
  });

  async function enter(entry: Entry, link: PeerLink): Promise<Peer> {
    const until = clock.now() + LOOK_FOR_MS;
    let dead: string | undefined;
    while (!isDraining) {
      const home = await homes.locate(entry.roomId, dead);
      if (home === node) {
        await standstill.sure();
        // Ended or released while this one waited.
        if (homes.keeps(entry.roomId)) return local(rooms.enter(entry, link), link);
        continue;
      }
      const visit = await gateway.enter(home, entry, link);
      if (typeof visit === "object") return visit;
      dead = visit === "unreachable" && !membership.isLive(home) ? home : undefined;
      if (clock.now() >= until) break;
      if (dead === undefined) await pause();
    }
    throw new DomainError("room_unreachable");
  }

  return {
    enter,
    occupancy: (room) => rooms.occupancy(room),
    figures: () => rooms.figures(),
    start() {
      standstill.start();
      timers.push(
        clock.every(RENEW_MS, () => void homes.check()),
        clock.every(WATCH_MS, watch),
      );
    },
    async drain() {
      isDraining = true;
      visits.drain();
      homes.rooms().forEach(end);
      await homes.releaseAll();
    },
    stop() {
      standstill.stop();
      for (const timer of timers) timer.cancel();
      for (const line of lines.values()) line.close();
    },
  };
}

const toHome: ReadonlySet<string> = new Set<ToHome["type"]>([
  "enter",
  "send",
  "refuse",
  "confirm",
  "gone",
  "connected",
]);

function isToHome(event: RoomEvent): event is ToHome {
  return toHome.has(event.type);
}
