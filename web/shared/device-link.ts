// A data channel between two devices. The one that asked makes the offer; both send candidates as they find them.
import type { SignalEvent } from "./device-socket.ts";
import { iceConfiguration } from "./ice-servers.ts";

export interface DeviceLinkOptions {
  /** This side asked, so that it makes the offer. */
  readonly initiator: boolean;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  send(event: SignalEvent, payload: unknown): void;
  /** The connection is there, not yet connected. */
  started(connection: RTCPeerConnection): void;
  open(channel: RTCDataChannel): void;
  failed(error: unknown): void;
}

export class DeviceLink {
  readonly #options: DeviceLinkOptions;
  #connection: RTCPeerConnection | null = null;
  /** Candidates that came before the description they belong to. */
  #early: RTCIceCandidateInit[] = [];
  #over = false;
  /** Each step waits for the one before. */
  #steps: Promise<void>;

  constructor(options: DeviceLinkOptions) {
    this.#options = options;
    this.#steps = this.#start().catch((error: unknown) => this.#fail(error));
  }

  /** Takes what the other side sent. */
  take(event: SignalEvent, payload: unknown): void {
    if (event === "ice_candidate")
      this.#then((connection) => this.#addCandidate(connection, payload as RTCIceCandidateInit));
    else if (event !== "try_connect")
      this.#then((connection) => this.#describe(connection, payload as RTCSessionDescriptionInit));
  }

  end(): void {
    this.#over = true;
    this.#connection?.close();
  }

  async #start(): Promise<void> {
    const { initiator, iceTransportPolicy, send, started, open } = this.#options;
    const connection = new RTCPeerConnection(await iceConfiguration(iceTransportPolicy));
    if (this.#over) return connection.close();
    this.#connection = connection;
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== "") send("ice_candidate", candidate.toJSON());
    };
    started(connection);
    // Agreed beforehand, so that neither side has to wait for the other's announcement.
    const channel = connection.createDataChannel("files", { negotiated: true, id: 0 });
    channel.binaryType = "arraybuffer";
    channel.onopen = () => open(channel);
    if (!initiator) return;
    await connection.setLocalDescription();
    send("sdp_offer", connection.localDescription!.toJSON());
  }

  async #describe(connection: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<void> {
    await connection.setRemoteDescription(description);
    for (const candidate of this.#early.splice(0)) await connection.addIceCandidate(candidate);
    if (description.type !== "offer") return;
    await connection.setLocalDescription();
    this.#options.send("sdp_answer", connection.localDescription!.toJSON());
  }

  async #addCandidate(connection: RTCPeerConnection, candidate: RTCIceCandidateInit): Promise<void> {
    if (connection.remoteDescription === null) this.#early.push(candidate);
    else await connection.addIceCandidate(candidate);
  }

  #then(step: (connection: RTCPeerConnection) => Promise<void>): void {
    this.#steps = this.#steps.then(async () => {
      if (!this.#over && this.#connection !== null) await step(this.#connection);
    });
    this.#steps = this.#steps.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (!this.#over) this.#options.failed(error);
  }
}
