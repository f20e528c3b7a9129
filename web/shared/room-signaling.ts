// The WebSocket to a signaling room, which survives broken connections. The protocol is in docs/rooms-protocol.md.

/** What a peer sends to another. The server reads `type` and `to` and passes the rest on as it is. */
export type Signal =
  | { readonly type: "offer" | "answer"; readonly sdp: string }
  | { readonly type: "ice-candidate"; readonly candidate: RTCIceCandidateInit }
  | { readonly type: "bye" };

/** What the server says about the room, and signals of others with their sender's id. */
export type ServerFrame =
  | {
      readonly type: "welcome";
      readonly peerId: string;
      readonly peers: readonly string[];
      readonly polite: boolean;
      readonly iceServers: RTCIceServer[];
      readonly iceTransportPolicy?: RTCIceTransportPolicy;
      readonly resumeToken: string;
    }
  | { readonly type: "peer-joined" | "peer-left"; readonly peerId: string }
  | { readonly type: "resumed"; readonly recovered: boolean }
  | { readonly type: "error"; readonly code: string; readonly message: string }
  | (Signal & { readonly from: string });

/** Closes after which coming back makes no sense: 1008 bad handshake, 4001 a newer connection has our seat. */
const FINAL = [1008, 4001];

/** Wait so long before the next attempt to connect, in ms; the last one again and again. */
const BACKOFF_MS = [250, 500, 1_000, 2_000, 5_000];

export class RoomSignaling {
  readonly #address: string;
  readonly #hear: (frame: ServerFrame) => void;
  readonly #ended: (why: string) => void;
  #socket: WebSocket | null = null;
  #token: string | null = null;
  /** Frames since the welcome, so that the server knows where to go on. */
  #received = 0;
  #failures = 0;
  #seated = false;
  #left = false;
  #refusal = "";
  /** What could not be sent while there was no connection. */
  #unsent: string[] = [];

  /**
   * Joins the room.
   *
   * @param url the signaling URL as a find gives it
   * @param hear is told everything the server says, in order
   * @param ended is told when there is no way back
   */
  constructor(url: string, roomId: string, hear: (frame: ServerFrame) => void, ended: (why: string) => void) {
    this.#address = `${url}?roomId=${encodeURIComponent(roomId)}`;
    this.#hear = hear;
    this.#ended = ended;
    this.#connect();
  }

  send(signal: Signal, to: string): void {
    const text = JSON.stringify({ ...signal, to });
    if (this.#seated) this.#socket?.send(text);
    else this.#unsent.push(text);
  }

  /** Leaves for good. The bye tells the server not to keep the seat. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    if (this.#seated) this.#socket?.send(`{"type":"bye"}`);
    this.#socket?.close(1000);
  }

  #connect(): void {
    const resume = this.#token === null ? "" : `&resume=${this.#token}&received=${this.#received}`;
    const socket = new WebSocket(this.#address + resume);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#read(JSON.parse(data as string) as ServerFrame);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  #read(frame: ServerFrame): void {
    if (frame.type === "welcome") {
      // A new seat: what was meant for the room as it was before is void.
      this.#token = frame.resumeToken;
      this.#received = 0;
      this.#unsent = [];
      this.#sit();
    } else if (frame.type === "resumed") {
      if (frame.recovered) this.#sit();
    } else {
      this.#received++;
      if (frame.type === "error") this.#refusal = frame.code;
    }
    this.#hear(frame);
  }

  #sit(): void {
    this.#seated = true;
    this.#failures = 0;
    this.#refusal = "";
    for (const text of this.#unsent.splice(0)) this.#socket?.send(text);
  }

  #closed(code: number): void {
    this.#seated = false;
    if (this.#left) return;
    if (FINAL.includes(code) || this.#refusal === "room_full") {
      this.#left = true;
      this.#ended(this.#refusal === "room_full" ? "The room is full." : `The server closed the room (${code}).`);
      return;
    }
    const wait = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)];
    setTimeout(() => this.#left || this.#connect(), wait);
  }
}
