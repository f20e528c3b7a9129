import { Gathering, type GatheringEvents } from "./gathering.ts";
import type { Http } from "./http.ts";
import { IceServers } from "./ice-servers.ts";
import { Line } from "./line.ts";
import { PeerLink, type PeerSignal } from "./signaling.ts";
import type { Heard } from "./types.ts";

type Frame = Heard<"coordinatorSignaling">;
/** What another peer of the session has posted. */
export type CoordinatorMessage = Extract<Frame, { readonly cursor: string }>;

/** Whose signaling it is. */
export interface ChannelOptions {
  /** The session's public id. */
  readonly sessionId: string;
  /** Who we are: different for each peer of the session. */
  readonly peerId: string;
}

/** What the signaling of a session tells. */
export interface ChannelEvents extends GatheringEvents {
  message: CoordinatorMessage;
  /** The server did not take a message, and says why. */
  refused: string;
}

/**
 * The signaling of one peer in a session of the coordinator; `Coordinator.listen` opens it.
 *
 * @example
 * import { Coordinator } from "rendezvous-client";
 *
 * const coordinator = new Coordinator({ url: "http://127.0.0.1:8080" });
 * const [host_id, zone_id] = [crypto.randomUUID(), crypto.randomUUID()];
 * await coordinator.registerHost({ host_id, player_id: "ann", player_name: "Ann", ip_address: "192.0.2.7", port: 7777 });
 * await coordinator.createZone({ zone_id, zone_name: "meadow" });
 * const { session_id: sessionId } = await coordinator.openSession({ zone_id, host_id });
 *
 * const host = coordinator.listen({ sessionId, peerId: host_id });
 * const player = coordinator.listen({ sessionId, peerId: "bob" });
 * await Promise.all([host.ready, player.ready]);
 * player.on("message", ({ type, from }) => {
 *   console.log(type, "of", from, "among", player.peers);
 *   host.close();
 *   player.close();
 * });
 * host.send({ type: "offer", sdp: "v=0 (an offer)" }, "bob");
 */
export class CoordinatorChannel extends Gathering<ChannelEvents> {
  readonly peerId: string;
  readonly #ice: IceServers;
  readonly #line: Line;
  readonly #peers = new Set<string>();
  #cursor: string | null = null;
  /** What lay in the mailbox when we came, until it is known who else is here. */
  #backlog: CoordinatorMessage[] = [];
  #unsent: unknown[] = [];
  #joined = false;

  /** @internal */
  constructor(http: Http, { sessionId, peerId }: ChannelOptions) {
    super();
    this.peerId = peerId;
    this.#ice = new IceServers(http);
    this.#line = new Line(http, {
      address: () => http.address("/api/signaling/ws", { peer_id: peerId, session_id: sessionId, after: this.#cursor }),
      opened: () => void this.#line.send({ type: "join" }),
      heard: (frame) => this.#hear(frame as Frame),
      lost: () => {
        this.#joined = false;
        this.emit("lost", undefined);
      },
      ended: (error) => {
        this.links.allLeft(error);
        this.emit("closed", error);
      },
    });
  }

  /** Who else listens. */
  override get peers(): readonly string[] {
    return [...this.#peers];
  }

  /** Sends to another peer. Without a connection it waits. */
  send(message: { readonly type: string; readonly [field: string]: unknown }, to: string): void {
    const addressed = { ...message, to_peer_id: to };
    if (!this.#joined || !this.#line.send(addressed)) this.#unsent.push(addressed);
  }

  /** A way to this peer for `connectPeer`; it may come later. */
  override signaling(peerId: string): PeerLink {
    return this.links.open(
      peerId,
      new PeerLink({
        // As the server says it in each offer.
        polite: this.peerId < peerId,
        ice: this.#ice,
        isUp: () => this.#joined,
        send: (signal) => this.send(frameOf(signal), peerId),
      }),
    );
  }

  /** Leaves the session's signaling. */
  close(): void {
    this.#line.send({ type: "leave" });
    this.#line.close();
  }

  #hear(frame: Frame): void {
    switch (frame.type) {
      case "session-joined":
        return this.#join(frame.peers);
      case "peer-joined":
        this.#peers.add(frame.peer_id);
        this.links.get(frame.peer_id)?.restored();
        return this.emit("joined", frame.peer_id);
      case "peer-left":
        this.#peers.delete(frame.peer_id);
        this.links.left(frame.peer_id);
        return this.emit("left", frame.peer_id);
      case "session-left":
        return;
      case "error":
        return this.emit("refused", frame.detail);
      default:
        this.#cursor = frame.cursor;
        if (this.#joined) this.#pass(frame);
        else this.#backlog.push(frame);
    }
  }

  #join(peers: readonly string[]): void {
    const gone = [...this.#peers].filter((peer) => !peers.includes(peer));
    const fresh = peers.filter((peer) => !this.#peers.has(peer));
    this.#joined = true;
    this.#line.settled();
    for (const peer of gone) this.#hear({ type: "peer-left", peer_id: peer });
    for (const message of this.#unsent.splice(0)) this.#line.send(message);
    // Those who listen say again what counts; what they said before may be of a negotiation that is over.
    for (const message of this.#backlog.splice(0)) this.#pass(message, !fresh.includes(message.from));
    this.links.restored();
    this.entered();
    for (const peer of fresh) this.#hear({ type: "peer-joined", peer_id: peer });
  }

  #pass(message: CoordinatorMessage, isSignal = true): void {
    if (isSignal) this.links.take(message.from, signalOf(message));
    this.emit("message", message);
  }
}

function frameOf(signal: PeerSignal) {
  if ("candidate" in signal) return { type: "ice-candidate", ...signal.candidate };
  return { type: signal.description.type, sdp: signal.description.sdp };
}

function signalOf(message: CoordinatorMessage): PeerSignal {
  if (message.type !== "ice-candidate") {
    const sdp = typeof message.sdp === "string" ? message.sdp : message.sdp.sdp;
    return { description: { type: message.type, sdp } };
  }
  const { candidate, sdpMid, sdpMLineIndex } = message;
  return {
    candidate:
      typeof candidate === "string"
        ? { candidate, sdpMid: sdpMid ?? null, sdpMLineIndex: sdpMLineIndex ?? null }
        : candidate,
  };
}
