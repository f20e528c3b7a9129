import { Conflict, type RendezvousError } from "./errors.ts";
import { Gathering, type GatheringEvents } from "./gathering.ts";
import type { Http } from "./http.ts";
import { IceServers } from "./ice-servers.ts";
import { Line } from "./line.ts";
import { PeerLink, type PeerSignal } from "./signaling.ts";
import type { Heard } from "./types.ts";
import type { Channels } from "./wire.ts";

type Sent = Channels["rooms"]["send"][keyof Channels["rooms"]["send"]];
type Frame = Heard<"rooms">;
/** What another peer of the room has sent. */
export type RoomMessage = Extract<Frame, { readonly from: string }>;

/** What a room tells. */
export interface RoomEvents extends GatheringEvents {
  /** A seat was taken: at first, and after a loss that was too long. Whoever was met before is gone. */
  welcome: Channels["rooms"]["hear"]["welcome"];
  message: RoomMessage;
  /** The server did not take a message. */
  refused: Channels["rooms"]["hear"]["error"];
  /** It is back, and nothing was missed. */
  resumed: undefined;
}

/**
 * A seat in a room, which survives broken connections; `Rooms.join` takes it.
 *
 * @example
 * import { Rooms } from "rendezvous-client";
 *
 * const room = new Rooms({ url: "http://127.0.0.1:8080" }).join(crypto.randomUUID());
 * room.on("joined", (peerId) => console.log(peerId, "is here"));
 * room.on("left", (peerId) => console.log(peerId, "has gone"));
 * room.on("lost", () => console.log("the connection broke; it comes back"));
 * room.on("closed", (error) => console.log("left", error?.message ?? "by ourselves"));
 * await room.ready;
 * // In a page: connectPeer(room.meet()), or connectPeer(room.signaling(peerId)) for one of several.
 * console.log("seated as", room.peerId, "with", room.peers.length, "others");
 * room.leave();
 */
export class Room extends Gathering<RoomEvents> {
  readonly #ice: IceServers;
  readonly #line: Line;
  /** Whether we give way to them. */
  readonly #peers = new Map<string, boolean>();
  #peerId: string | null = null;
  #token: string | null = null;
  #received = 0;
  #seated = false;
  #refusal = "";
  #unsent: unknown[] = [];
  #configuration: RTCConfiguration | null = null;

  /** @internal */
  constructor(http: Http, url: string, roomId: string) {
    super();
    this.#ice = new IceServers(http);
    this.#line = new Line(http, {
      address: () => {
        const address = new URL(url);
        address.searchParams.set("roomId", roomId);
        if (this.#token !== null) {
          address.searchParams.set("resume", this.#token);
          address.searchParams.set("received", String(this.#received));
        }
        return address;
      },
      heard: (frame) => this.#hear(frame as Frame),
      lost: () => {
        this.#seated = false;
        this.emit("lost", undefined);
      },
      final: () =>
        this.#refusal === "room_full" ? new Conflict("The room is full.", { code: "room_full" }) : undefined,
      ended: (error) => this.#end(error),
    });
  }

  /** Who we are to the others; null before the first welcome. */
  get peerId(): string | null {
    return this.#peerId;
  }

  /** The others, in order of arrival. */
  override get peers(): readonly string[] {
    return [...this.#peers.keys()];
  }

  /** Sends to another peer. Without a connection it waits; with a new seat it is void. */
  send(message: Sent, to: string): void {
    const addressed = { ...message, to };
    if (!this.#seated || !this.#line.send(addressed)) this.#unsent.push(addressed);
  }

  /** A way to this peer for `connectPeer`. */
  override signaling(peerId: string): PeerLink {
    return this.links.open(
      peerId,
      new PeerLink({
        polite: this.#peers.get(peerId) ?? false,
        ice: this.#ice,
        configuration: this.#configuration,
        isUp: () => this.#seated,
        send: (signal) => this.send(frameOf(signal), peerId),
      }),
    );
  }

  /** Leaves for good; the others hear at once. */
  leave(): void {
    this.#line.send({ type: "bye" });
    this.#line.close();
  }

  #hear(frame: Frame): void {
    if (frame.type === "welcome") return this.#welcome(frame);
    if (frame.type === "resumed") {
      if (frame.recovered) this.#resume();
      return;
    }
    // A refusal of the handshake is none of the seat's frames, which alone count.
    if (this.#seated) this.#received++;
    switch (frame.type) {
      case "peer-joined":
        // With tokens, servers come with the first other peer.
        this.#take(frame as RTCConfiguration);
        return this.#join(frame.peerId, false);
      case "peer-left":
        this.#peers.delete(frame.peerId);
        this.links.left(frame.peerId);
        return this.emit("left", frame.peerId);
      case "error":
        this.#refusal = frame.code;
        return this.emit("refused", frame);
      default: {
        const signal = signalOf(frame);
        if (signal !== null) this.links.take(frame.from, signal);
        this.emit("message", frame);
      }
    }
  }

  #welcome(frame: Channels["rooms"]["hear"]["welcome"]): void {
    this.#token = frame.resumeToken;
    this.#received = 0;
    this.#peerId = frame.peerId;
    // What was meant for the room as it was before is void.
    this.#unsent = [];
    this.#peers.clear();
    this.links.allLeft();
    this.#take(frame);
    this.#sit();
    this.entered();
    this.emit("welcome", frame);
    for (const peerId of frame.peers) this.#join(peerId, true);
  }

  #resume(): void {
    this.#sit();
    this.links.restored();
    this.emit("resumed", undefined);
  }

  #sit(): void {
    this.#seated = true;
    this.#refusal = "";
    this.#line.settled();
    for (const message of this.#unsent.splice(0)) this.#line.send(message);
  }

  #join(peerId: string, polite: boolean): void {
    this.#peers.set(peerId, polite);
    this.emit("joined", peerId);
  }

  #take({ iceServers, iceTransportPolicy }: RTCConfiguration): void {
    if (iceServers === undefined) return;
    this.#configuration = { iceServers, ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }) };
  }

  #end(error: RendezvousError | null): void {
    this.links.allLeft(error);
    this.emit("closed", error);
  }
}

function frameOf(signal: PeerSignal): Sent {
  if ("candidate" in signal) return { type: "ice-candidate", candidate: signal.candidate };
  const { type, sdp } = signal.description;
  return { type: type === "offer" ? "offer" : "answer", sdp };
}

function signalOf(frame: RoomMessage): PeerSignal | null {
  if (frame.type === "bye") return null;
  if (frame.type === "ice-candidate") return { candidate: frame["candidate"] as RTCIceCandidateInit };
  return { description: { type: frame.type, sdp: frame["sdp"] as string } };
}
