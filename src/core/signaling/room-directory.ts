import type { Timer } from "../../ports/clock.ts";
import type { Homes } from "../../ports/homes.ts";
import type { Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { Standstill } from "../cluster/standstill.ts";
import { DomainError } from "../errors/errors.ts";
import type { NodeLine } from "./node-line.ts";
import { NodeLines } from "./node-lines.ts";
import type { PeerLink } from "./peer-link.ts";
import { RoomGateway } from "./room-gateway.ts";
import { RENEW_MS, RoomHomes } from "./room-homes.ts";
import { readParcel, type RoomEvent, type ToGateway, type ToHome } from "./room-parcel.ts";
import { RoomVisits } from "./room-visits.ts";
import {
  createRooms,
  sendOrRefuse,
  type Entry,
  type Peer,
  type RoomFigures,
  type RoomsDeps,
  type RoomView,
} from "./rooms.ts";

const TOPIC = "rooms";
/** As nodes say what they serve. */
const FACE = "rooms";

/** How long a room's home is looked for, and how long to wait between two looks, in ms. */
const LOOK_FOR_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/** How often rooms that could not be settled are looked after, in ms. */
const UNSETTLED_MS = 1_000;

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
  /** The node that runs the room, if one does; asks the store only where this one does not. @throws {StoreUnavailable} */
  homeOf(roomId: string): Promise<string | null>;
  /** How many seats of the room are taken, if this node is its home; else 0. */
  occupancy(roomId: string): number;
  /** Of the rooms whose home is here, as are these. */
  figures(): RoomFigures;
  ids(): Iterable<string>;
  view(roomId: string): RoomView | null;
  /** Begins to renew and to watch. */
  start(): void;
  /**
   * This node goes down: it runs no more rooms than it does already, and hands each over when the first peer that is
   * connected here has gone, if it is not told to before. Until then everything in it goes on.
   */
  drain(): void;
  /** The rooms that this node runs, each as the way to end it here, so that another node can run it. */
  holds(): readonly (() => void)[];
  /** Ends all rooms and gives them up. Resolves once other nodes can run them. */
  stop(): Promise<void>;
}

export function createRoomDirectory(deps: RoomDirectoryDeps): RoomDirectory {
  const { clock, courier, membership, failed } = deps;
  const { node } = courier;
  const timers: Timer[] = [];
  let isDraining = false;

  const rooms = createRooms({
    ...deps,
    onOccupancy(room, peers) {
      if (peers === 0) homes.release(room);
      deps.onOccupancy(room, peers);
    },
  });
  const end = (room: string, why: "moved" | "restarting"): void => {
    rooms.end(room, why);
    deps.onMoved(room);
  };
  const isAlone = (): boolean => membership.serving(FACE).every((id) => id === node);
  const handOver = (room: string): void => {
    if (!homes.keeps(room)) return;
    homes.release(room);
    end(room, isAlone() ? "restarting" : "moved");
  };
  const homes = new RoomHomes({
    node,
    homes: deps.homes,
    isEmpty: (room) => rooms.occupancy(room) === 0,
    onLost: (room) => end(room, "moved"),
    failed,
  });
  const standstill = new Standstill(clock, () => homes.check(), failed);

  const lines: NodeLines = new NodeLines({
    clock,
    membership,
    ask: (other, body) => courier.ask(other, TOPIC, body),
    relies: (other) => visits.has(other) || gateway.has(other),
    lost(other) {
      visits.lost(other);
      gateway.lost(other);
    },
    failed,
  });
  const lineTo = (other: string): NodeLine => lines.to(other);
  const gateway = new RoomGateway({ clock, lineTo });
  const visits = new RoomVisits({ node, rooms, homes, standstill, lineTo, failed });

  const hear = (from: string, event: RoomEvent): void => {
    if (event.type === "taken") void homes.check();
    else if (isToHome(event)) visits.hear(from, event);
    else gateway.hear(from, event);
  };
  /** Runs to its end at once; a failure goes back to whoever asked. */
  const take = async (body: string, from: string): Promise<string> => {
    for (const event of readParcel(body)) hear(from, event);
    return "";
  };
  // Acknowledged once it has been heard, so that no more than one parcel of each node waits for a check.
  courier.serve(TOPIC, (body, from) => {
    membership.heard(from);
    return new Promise((heard) => standstill.whenSure(() => heard(take(body, from))));
  });
  membership.onReturn(() => {
    homes.check().then(compare, failed);
  });

  const compare = (): void => {
    visits.compare();
    gateway.compare();
  };

  const pause = (): Promise<void> => new Promise((passed) => clock.after(LOOK_AGAIN_MS, passed));

  /** A peer of this node, in a room of this node. */
  const local = (room: string, peer: Peer, link: PeerLink): Peer => ({
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
    disconnected: (how) =>
      standstill.whenSure(() => {
        peer.disconnected(how);
        // It is to come back elsewhere, where it cannot be seated as long as the room is here.
        if (isDraining) handOver(room);
      }),
  });

  /** The room's home; not one that is dead. */
  async function locate(room: string): Promise<string> {
    const home = await homes.locate(room);
    if (!membership.isDead(home)) return home;
    const heir = await homes.locate(room, home);
    // It may have come back in this very moment: then it is to look what it still has.
    if (heir === node) lineTo(home).post({ type: "taken" });
    return heir;
  }

  async function enter(entry: Entry, link: PeerLink): Promise<Peer> {
    const until = clock.now() + LOOK_FOR_MS;
    while (!isDraining) {
      const home = await locate(entry.roomId);
      if (home === node) {
        await standstill.sure();
        // Ended or released while this one waited.
        if (isDraining) break;
        if (homes.keeps(entry.roomId)) return local(entry.roomId, rooms.enter(entry, link), link);
        continue;
      }
      const visit = await gateway.enter(home, entry, link);
      if (typeof visit === "object") return visit;
      if (clock.now() >= until) break;
      await pause();
    }
    throw new DomainError("room_unreachable");
  }

  return {
    enter,
    homeOf: async (room) => (homes.keeps(room) ? node : deps.homes.find(room)),
    occupancy: (room) => rooms.occupancy(room),
    figures: () => rooms.figures(),
    ids: () => rooms.ids(),
    view: (room) => rooms.view(room),
    start() {
      standstill.start();
      lines.start();
      timers.push(
        clock.every(RENEW_MS, () => void homes.check()),
        clock.every(UNSETTLED_MS, () => {
          if (homes.isUnsettled) void homes.check();
        }),
      );
    },
    drain() {
      isDraining = true;
      visits.drain();
    },
    holds: () => homes.rooms().map((room) => () => handOver(room)),
    async stop() {
      isDraining = true;
      visits.drain();
      homes.rooms().forEach(handOver);
      await homes.releaseAll();
      standstill.stop();
      for (const timer of timers) timer.cancel();
      lines.stop();
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

function isToHome(event: ToHome | ToGateway): event is ToHome {
  return toHome.has(event.type);
}
