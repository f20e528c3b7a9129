// A WebRTC connection to the other peer of a signaling room, made by "perfect negotiation" (W3C WebRTC, 10.7): either
// side may offer at any time. If both do at once, the polite one takes its own offer back.
import { iceServers } from "./ice-servers.ts";
import { RoomSignaling, type ServerFrame, type Signal } from "./room-signaling.ts";

export interface RoomPeerOptions {
  readonly signalingUrl: string;
  readonly roomId: string;
  /** "relay": through a TURN server only, which also hides each side's address from the other. */
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  /** The other is there. Add tracks and channels to the connection here; what it brings arrives as its events. */
  met(connection: RTCPeerConnection): void;
  /** The other has gone. We stay in the room. */
  parted(): void;
  /** The room cannot be used. */
  ended(why: string): void;
}

export class RoomPeer {
  readonly #options: RoomPeerOptions;
  readonly #signaling: RoomSignaling;
  #servers: RTCIceServer[] = [];
  #policy: RTCIceTransportPolicy = "all";
  #other: Other | null = null;

  constructor(options: RoomPeerOptions) {
    this.#options = options;
    const { signalingUrl, roomId, ended } = options;
    this.#signaling = new RoomSignaling(signalingUrl, roomId, (frame) => void this.#hear(frame), ended);
  }

  leave(): void {
    this.#signaling.leave();
    this.#other?.connection.close();
    this.#other = null;
  }

  async #hear(frame: ServerFrame): Promise<void> {
    switch (frame.type) {
      case "welcome": {
        this.#servers = frame.iceServers;
        this.#policy = frame.iceTransportPolicy ?? this.#options.iceTransportPolicy;
        this.#part();
        // Whoever comes later is polite. This demo talks to one other peer, even in a larger room.
        const [first] = frame.peers;
        if (first !== undefined) this.#meet(first, true);
        return;
      }
      case "peer-joined":
        if (this.#other === null) this.#meet(frame.peerId, false);
        return;
      case "peer-left":
        if (this.#other?.id === frame.peerId) this.#part();
        return;
      case "resumed":
        // What we sent while the line broke may be lost: say it again.
        if (frame.recovered) this.#other?.repeat();
        return;
      case "offer":
      case "answer":
      case "ice-candidate":
        if (this.#other?.id === frame.from) await this.#other.hear(frame);
        return;
      case "bye":
      case "error":
        return;
    }
  }

  #meet(id: string, polite: boolean): void {
    const connection = new RTCPeerConnection({
      iceServers: this.#servers,
      iceTransportPolicy: this.#policy,
    });
    this.#other = new Other(id, polite, connection, (signal) => this.#signaling.send(signal, id));
    this.#options.met(connection);
  }

  #part(): void {
    if (this.#other === null) return;
    this.#other.connection.close();
    this.#other = null;
    this.#options.parted();
  }
}

/** The other peer: the connection to it and the state of the negotiation. */
class Other {
  readonly id: string;
  readonly connection: RTCPeerConnection;
  readonly #polite: boolean;
  readonly #send: (signal: Signal) => void;
  #makingOffer = false;
  #takingAnswer = false;
  #ignoringOffer = false;

  constructor(id: string, polite: boolean, connection: RTCPeerConnection, send: (signal: Signal) => void) {
    this.id = id;
    this.connection = connection;
    this.#polite = polite;
    this.#send = send;
    connection.onnegotiationneeded = () => void this.#offer();
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null) send({ type: "ice-candidate", candidate: candidate.toJSON() });
    };
    connection.addEventListener("connectionstatechange", () => {
      if (connection.connectionState === "failed" && !polite) void this.#restart();
    });
  }

  async hear(signal: Signal): Promise<void> {
    const { connection } = this;
    try {
      if (signal.type === "offer") {
        const free = connection.signalingState === "stable" || this.#takingAnswer;
        const collision = this.#makingOffer || !free;
        this.#ignoringOffer = collision && !this.#polite;
        if (this.#ignoringOffer) return;
        await connection.setRemoteDescription({ type: "offer", sdp: signal.sdp });
        await connection.setLocalDescription();
        this.#describe();
      } else if (signal.type === "answer") {
        // An answer that was repeated finds nothing open any more.
        if (connection.signalingState !== "have-local-offer") return;
        this.#takingAnswer = true;
        await connection.setRemoteDescription({ type: "answer", sdp: signal.sdp });
      } else if (signal.type === "ice-candidate") {
        await connection.addIceCandidate(signal.candidate);
      }
    } catch (error) {
      // Candidates of an offer we ignored do not fit, and one peer may be gone while the other still talks.
      if (!this.#ignoringOffer && connection.signalingState !== "closed") throw error;
    } finally {
      if (signal.type === "answer") this.#takingAnswer = false;
    }
  }

  /** Sends our side of the negotiation once more, unless it has led to a connection already. */
  repeat(): void {
    const { connectionState, signalingState } = this.connection;
    if (connectionState !== "connected" || signalingState !== "stable") this.#describe();
  }

  async #offer(): Promise<void> {
    this.#makingOffer = true;
    try {
      await this.connection.setLocalDescription();
      this.#describe();
    } finally {
      this.#makingOffer = false;
    }
  }

  #describe(): void {
    const description = this.connection.localDescription;
    if (description?.type === "offer" || description?.type === "answer") {
      this.#send({ type: description.type, sdp: description.sdp });
    }
  }

  /** Looks for a new path, with TURN credentials that have not expired. */
  async #restart(): Promise<void> {
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers: await iceServers() });
    this.connection.restartIce();
  }
}
