import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { IceServer } from "../credentials/ice-servers.ts";
import type { ErrorCode } from "../errors/catalogue.ts";
import { DomainError } from "../errors/errors.ts";
import type { RelayCounts } from "../measures/outcomes.ts";
import type { Notice, PeerLink } from "./peer-link.ts";
import { readResumeToken, writeResumeToken } from "./resume-token.ts";
import { Room, type Signal } from "./room.ts";
import { Seat } from "./seat.ts";

/** How long a seat waits for a peer that closed its connection properly: a page being loaded again. In ms. */
export const CLOSE_GRACE_MS = 2_000;

export interface RoomsDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** How many peers a room seats. */
  readonly capacity: number;
  /** How long a seat waits for a peer that lost its connection, in ms. */
  readonly resumeMs: number;
  /** `isMatched`: somebody else is in the room. Where nobody is known by name that makes no difference. */
  iceServersFor(peerId: string, isMatched: boolean): readonly IceServer[];
  /** A subject is in a room with another one, until the function that comes back is called. */
  matched?(subject: string): () => void;
  /** The number of taken seats of a room has changed; 0: the room is gone. */
  onOccupancy(roomId: string, peers: number): void;
}

/** A wish to be seated. */
export interface Entry {
  readonly roomId: string;
  /** The token of a seat the peer had. */
  readonly resume?: string | undefined;
  /** Who the peer's token says it is; left out where it was not asked. */
  readonly subject?: string | undefined;
  /** How many notices the peer has got since its welcome, if it counts. */
  readonly received?: number | undefined;
}

/** One connection's hold on a seat. Once another connection has the seat, every verb does nothing. */
export interface Peer {
  readonly id: string;
  /** @throws {DomainError} peer_not_found, bad_message */
  send(signal: Signal): void;
  /** Tells the peer that what it sent was refused. */
  refuse(code: ErrorCode, message: string): void;
  /** The notices up to `number` have arrived. */
  confirm(number: number): void;
  /**
   * The connection is gone: closed by the peer, or lost on the way. `written`: the number of the last notice that it was
   * given, where that may be less than what its link took.
   */
  disconnected(how: "closed" | "lost", written?: number): void;
}

export interface RoomFigures {
  readonly rooms: number;
  /** Taken seats. */
  readonly peers: number;
  /** Signals passed on since the start. */
  readonly relayed: number;
  /** The same, and what could not be. */
  readonly relays: RelayCounts;
  /** Answers to resume tokens since the start. */
  readonly resumed: { readonly recovered: number; readonly fresh: number };
}

/**
 * Rooms in which peers find each other and exchange signals.
 *
 * Delivery: what a seat is sent arrives once and in order, over as many connections as it takes, or the peer is told
 * that it was not recovered; there is no silent gap. Atomicity: every verb runs to its end before the next.
 */
export interface Rooms {
  /**
   * Seats a peer and welcomes it over `link`, or brings it back to its seat.
   *
   * @throws {DomainError} room_full
   */
  enter(entry: Entry, link: PeerLink): Peer;
  /** How many seats of the room are taken; 0 for an unknown room. */
  occupancy(roomId: string): number;
  /**
   * Ends a room that goes on at another node, or here after a restart: its connections are told so, and nobody is told that anybody has
   * left. Its occupancy is not reported. Unknown rooms: no effect.
   */
  end(roomId: string, why: "moved" | "restarting"): void;
  figures(): RoomFigures;
  /** The ids of all rooms. */
  ids(): Iterable<string>;
  /** Who is in a room; null for an unknown one. */
  view(roomId: string): RoomView | null;
}

/** A room, for whoever looks. */
export interface RoomView {
  readonly id: string;
  /** In the order they came. */
  readonly peers: readonly { readonly id: string; readonly state: "live" | "lost" | "leaving" | "gone" }[];
}

export function createRooms(deps: RoomsDeps): Rooms {
  const { clock, random, capacity, resumeMs } = deps;
  const rooms = new Map<string, Room>();
  const seatsBySecret = new Map<string, Seat>();
  const relays = { delivered: 0, unreachable: 0, refused: 0 };
  const resumed = { recovered: 0, fresh: 0 };

  /** A room stands for as long as a seat of it. */
  const roomOf = (seat: Seat): Room => rooms.get(seat.roomId)!;

  function post(seat: Seat, notice: Notice): void {
    if (seat.state === "gone") return;
    seat.add(notice);
    write(seat);
    // A peer that cannot be told everything any more has left, and the others should know.
    if (!seat.fits()) remove(seat);
  }

  function write(seat: Seat): void {
    const { link } = seat;
    if (!seat.flush() && seat.link === link) hold(seat, "lost");
  }

  function hold(seat: Seat, state: "lost" | "leaving"): void {
    const ms = state === "lost" ? resumeMs : Math.min(CLOSE_GRACE_MS, resumeMs);
    seat.hold(
      state,
      clock.after(ms, () => {
        const room = roomOf(seat);
        remove(seat);
        report(room);
      }),
    );
  }

  function remove(seat: Seat): void {
    if (seat.state === "gone") return;
    const room = roomOf(seat);
    room.seats.delete(seat.peerId);
    seatsBySecret.delete(seat.secret);
    seat.vacate();
    match(room);
    for (const other of room.others(seat)) post(other, { type: "left", peerId: seat.peerId });
  }

  /** Ends every verb that may have changed who is there, so that a seat that only changes hands is not reported. */
  function report(room: Room): void {
    const peers = room.seats.size;
    if (peers === 0) rooms.delete(room.id);
    if (peers === room.reported) return;
    room.reported = peers;
    deps.onOccupancy(room.id, peers);
  }

  /** Brings who counts as matched to who is in the room now. One subject alone, by however many seats, is not. */
  function match(room: Room): void {
    if (deps.matched === undefined) return;
    for (const seat of room.seats.values()) {
      if (seat.subject === null) continue;
      if (room.isMatched(seat)) seat.unmatch ??= deps.matched(seat.subject);
      else seat.endMatch();
    }
  }

  /** The ICE servers that a seat gets with the arrival of another one: what it was not given with its welcome. */
  function serversDue(seat: Seat): { readonly iceServers?: readonly IceServer[] } {
    if (seat.hasServers || !roomOf(seat).isMatched(seat)) return {};
    seat.hasServers = true;
    return { iceServers: deps.iceServersFor(seat.peerId, true) };
  }

  function join({ roomId, ...entry }: Entry, link: PeerLink): Seat {
    const subject = entry.subject ?? null;
    const room = rooms.get(roomId) ?? new Room(roomId);
    const inTheWay = room.makesWayFor(capacity);
    if (inTheWay === null) throw new DomainError("room_full");
    for (const seat of inTheWay) remove(seat);

    rooms.set(roomId, room);
    const seat = new Seat({ roomId, peerId: random.uuid(), secret: random.token(), subject }, link);
    const others = room.others(seat);
    room.seats.set(seat.peerId, seat);
    seatsBySecret.set(seat.secret, seat);
    match(room);
    // Who nobody can tell from others is not told apart here either.
    seat.hasServers = subject === null || room.isMatched(seat);
    link.welcome({
      peerId: seat.peerId,
      peers: others.map((other) => other.peerId),
      polite: others.length > 0,
      iceServers: deps.iceServersFor(seat.peerId, seat.hasServers),
      resumeToken: writeResumeToken(seat.secret, entry.resume),
    });
    for (const other of others) post(other, { type: "joined", peerId: seat.peerId, ...serversDue(other) });
    report(room);
    return seat;
  }

  function seatOf({ roomId, subject }: Entry, secret: string): Seat | null {
    const seat = seatsBySecret.get(secret);
    return seat?.roomId === roomId && seat.subject === (subject ?? null) ? seat : null;
  }

  /** The seats that wait for a peer which has had another since, at a node that ran the room beside this one. */
  function leaveFormer(entry: Entry): void {
    for (const secret of readResumeToken(entry.resume ?? "").former) {
      const seat = seatOf(entry, secret);
      if (seat !== null && seat.link === null) remove(seat);
    }
  }

  /** The seat the token stands for, if its peer can go on without a gap. */
  function resume(entry: Entry, link: PeerLink): Seat | null {
    const seat = seatOf(entry, readResumeToken(entry.resume ?? "").secret);
    if (seat === null) return null;
    // Held up on its way while the peer came back elsewhere: it takes nothing from the connection that goes on.
    if (seat.isOutdated(entry.received)) return null;
    if (!seat.rewind(entry.received)) {
      remove(seat);
      return null;
    }
    seat.take(link);
    link.resumed(true);
    write(seat);
    return seat;
  }

  function addresseesOf(room: Room, seat: Seat, signal: Signal): readonly Seat[] {
    try {
      return room.addressees(seat, signal);
    } catch (error) {
      relays[error instanceof DomainError && error.code === "peer_not_found" ? "unreachable" : "refused"]++;
      throw error;
    }
  }

  function relay(seat: Seat, signal: Signal): void {
    const room = roomOf(seat);
    const addressees = addresseesOf(room, seat, signal);
    seat.saidBye = signal.farewell && addressees.length === room.seats.size - 1;
    for (const addressee of addressees) {
      relays.delivered++;
      post(addressee, { type: "signal", payload: signal.payload });
    }
    report(room);
  }

  function peerOf(seat: Seat, link: PeerLink): Peer {
    const holdsSeat = (): boolean => seat.link === link;
    return {
      id: seat.peerId,
      send(signal) {
        if (holdsSeat()) relay(seat, signal);
      },
      refuse(code, message) {
        if (holdsSeat()) post(seat, { type: "refused", code, message });
      },
      confirm(number) {
        if (holdsSeat()) seat.confirm(number);
      },
      disconnected(how, written) {
        if (!holdsSeat()) return;
        if (written !== undefined) seat.unwrote(written);
        const room = roomOf(seat);
        seat.link = null;
        if (seat.saidBye) remove(seat);
        else hold(seat, how === "lost" ? "lost" : "leaving");
        report(room);
      },
    };
  }

  return {
    enter(entry, link) {
      if (entry.resume === undefined) return peerOf(join(entry, link), link);
      const seat = resume(entry, link);
      resumed[seat === null ? "fresh" : "recovered"]++;
      if (seat !== null) return peerOf(seat, link);
      link.resumed(false);
      leaveFormer(entry);
      return peerOf(join(entry, link), link);
    },
    occupancy: (roomId) => rooms.get(roomId)?.seats.size ?? 0,
    end(roomId, why) {
      const room = rooms.get(roomId);
      if (room === undefined) return;
      rooms.delete(roomId);
      for (const seat of room.seats.values()) seatsBySecret.delete(seat.secret);
      for (const seat of [...room.seats.values()]) seat.vacate(why);
    },
    ids: () => rooms.keys(),
    view(roomId) {
      const room = rooms.get(roomId);
      if (room === undefined) return null;
      return { id: roomId, peers: [...room.seats.values()].map(({ peerId, state }) => ({ id: peerId, state })) };
    },
    figures: () => ({
      rooms: rooms.size,
      peers: seatsBySecret.size,
      relayed: relays.delivered,
      relays: { ...relays },
      resumed: { ...resumed },
    }),
  };
}

/** Sends a signal; if it is refused, the peer is told so. */
export function sendOrRefuse(peer: Peer, signal: Signal): void {
  try {
    peer.send(signal);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    peer.refuse(error.code, error.message);
  }
}
