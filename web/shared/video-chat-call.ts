// The WebRTC part of one video call: one side offers, the other answers, both send candidates as they find them.
import { iceConfiguration } from "./ice-servers.ts";

/** What goes between the two, through the server. */
export interface CallSignals {
  readonly offer: { readonly offer: RTCSessionDescriptionInit };
  readonly answer: { readonly answer: RTCSessionDescriptionInit };
  readonly "ice-candidate": { readonly candidate: RTCIceCandidateInit };
}

export interface CallOptions {
  /** This side makes the offer. */
  readonly initiator: boolean;
  /** What the partner sees and hears. */
  readonly stream: MediaStream;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  send<Event extends keyof CallSignals>(event: Event, signal: CallSignals[Event]): void;
  /** The connection is there; the partner's tracks will arrive as its events. */
  started(connection: RTCPeerConnection): void;
  failed(error: unknown): void;
}

export class Call {
  readonly #options: CallOptions;
  #connection: RTCPeerConnection | null = null;
  /** Candidates that came before the description they belong to. */
  #early: RTCIceCandidateInit[] = [];
  #over = false;
  /** Each step waits for the one before: an offer must not be read before the connection is there. */
  #steps: Promise<void>;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#steps = this.#start().catch((error: unknown) => this.#fail(error));
  }

  takeOffer({ offer }: CallSignals["offer"]): void {
    this.#then(async (connection) => {
      await this.#describe(connection, offer);
      await connection.setLocalDescription();
      this.#options.send("answer", { answer: connection.localDescription! });
    });
  }

  takeAnswer({ answer }: CallSignals["answer"]): void {
    this.#then((connection) => this.#describe(connection, answer));
  }

  takeCandidate({ candidate }: CallSignals["ice-candidate"]): void {
    this.#then(async (connection) => {
      if (connection.remoteDescription === null) this.#early.push(candidate);
      else await connection.addIceCandidate(candidate);
    });
  }

  end(): void {
    this.#over = true;
    this.#connection?.close();
  }

  async #start(): Promise<void> {
    const { initiator, stream, iceTransportPolicy, send, started } = this.#options;
    const configuration = await iceConfiguration(iceTransportPolicy);
    if (this.#over) return;
    const connection = new RTCPeerConnection(configuration);
    this.#connection = connection;
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null) send("ice-candidate", { candidate: candidate.toJSON() });
    };
    started(connection);
    if (!initiator) return;
    await connection.setLocalDescription();
    send("offer", { offer: connection.localDescription! });
  }

  async #describe(connection: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<void> {
    await connection.setRemoteDescription(description);
    for (const candidate of this.#early.splice(0)) await connection.addIceCandidate(candidate);
  }

  #then(step: (connection: RTCPeerConnection) => Promise<void>): void {
    this.#steps = this.#steps
      .then(() => (this.#over || this.#connection === null ? undefined : step(this.#connection)))
      .catch((error: unknown) => this.#fail(error));
  }

  /** Nothing of a call that is over is of interest any more. */
  #fail(error: unknown): void {
    if (!this.#over) this.#options.failed(error);
  }
}
