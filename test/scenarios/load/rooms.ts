import { pause, type LoadContext, type Population } from "./context.ts";

const CHANNEL = "rooms";
const SEND_MS = 120;
const PATIENCE_MS = 5_000;
/** One burst in so many, the connection breaks off and is resumed elsewhere. */
const RESTLESS = 60;

/** Rooms of two whose peers send each other candidates, lose their connections, and resume them elsewhere. */
export function startRooms(load: LoadContext, size: { readonly rooms: number }): Population {
  const peers = Array.from({ length: size.rooms }, (_, at) => [
    new Peer(load, `room-${at}`, `room-${at}/a`, `room-${at}/b`, at),
    new Peer(load, `room-${at}`, `room-${at}/b`, `room-${at}/a`, at + 1),
  ]).flat();
  return {
    face: "rooms",
    finished: Promise.all(peers.map((one) => one.run())),
    close: () => peers.forEach((one) => one.close()),
  };
}

class Peer {
  readonly #load: LoadContext;
  readonly #room: string;
  readonly #name: string;
  readonly #partner: string;
  #node: number;
  #socket: WebSocket | null = null;
  /** Set while it is seated. */
  #seat: { readonly id: string; readonly token: string; received: number } | null = null;
  #isWelcome = false;
  #isAccompanied = false;
  #connections = 0;
  #n = 0;
  #isClosed = false;

  constructor(load: LoadContext, room: string, name: string, partner: string, node: number) {
    [this.#load, this.#room, this.#name, this.#partner, this.#node] = [load, room, name, partner, node];
  }

  async run(): Promise<void> {
    void this.#stayConnected();
    await this.#load.every(SEND_MS, () => this.#send());
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close(1000);
  }

  /** The connection, which a message is lost with; the seat outlives it. */
  get #line(): string {
    return `${this.#name}@${this.#connections}`;
  }

  async #stayConnected(): Promise<void> {
    const { world, history, random } = this.#load;
    while (!this.#isClosed) {
      const node = world.nodes[this.#node++ % world.nodes.length]!;
      const resume = this.#seat === null ? "" : `&resume=${this.#seat.token}&received=${this.#seat.received}`;
      const socket = new WebSocket(`${node.wsUrl}/signaling?roomId=${this.#room}${resume}`);
      this.#socket = socket;
      this.#isWelcome = false;
      this.#connections++;
      const over = Promise.withResolvers<number>();
      socket.onclose = ({ code }) => over.resolve(code);
      socket.onmessage = ({ data }) => {
        if (this.#socket === socket) this.#take(JSON.parse(data as string));
      };
      const code = await Promise.race([over.promise, this.#late(over.promise)]);
      this.#socket = null;
      (socket as WebSocket & { terminate(): void }).terminate();
      history.add("closed", { channel: CHANNEL, who: `${this.#name}'s line`, socket: this.#line, code }, node.name);
      await pause(50 + random(300));
    }
    this.#leaveSeat();
  }

  /** A server that does not even say welcome is given up. */
  async #late(over: Promise<number>): Promise<number> {
    await pause(PATIENCE_MS);
    return this.#isWelcome ? over : 1006;
  }

  #take(frame: any): void {
    const { history } = this.#load;
    if (frame.type === "welcome") {
      this.#leaveSeat();
      this.#seat = { id: frame.peerId, token: frame.resumeToken, received: 0 };
      this.#isAccompanied = frame.peers.length > 0;
      this.#isWelcome = true;
      history.add("opened", { channel: CHANNEL, who: this.#name, socket: frame.peerId });
      return;
    }
    if (frame.type === "resumed") {
      this.#isWelcome = frame.recovered;
      if (!frame.recovered) this.#leaveSeat();
      return;
    }
    if (this.#seat === null) return;
    this.#seat.received++;
    if (frame.type === "peer-joined") this.#isAccompanied = true;
    if (frame.type === "peer-left") this.#isAccompanied = false;
    if (frame.type === "error") {
      const names = { from: this.#name, socket: this.#line, to: this.#partner };
      history.add("refused", { channel: CHANNEL, ...names, why: frame.code });
    }
    if (frame.type === "ice-candidate") {
      const names = { from: this.#partner, fromSocket: frame.line as string, to: this.#name, socket: this.#seat.id };
      history.add("delivered", { channel: CHANNEL, ...names, n: frame.n });
    }
  }

  #leaveSeat(): void {
    if (this.#seat === null) return;
    const { id } = this.#seat;
    this.#seat = null;
    this.#load.history.add("closed", { channel: CHANNEL, who: this.#name, socket: id, code: 1000 });
  }

  #send(): void {
    const socket = this.#socket;
    if (socket === null || !this.#isWelcome || !this.#isAccompanied || socket.readyState !== WebSocket.OPEN) return;
    for (let more = this.#load.random(4); more >= 0; more--) {
      const n = this.#n++;
      this.#load.history.add("sent", { channel: CHANNEL, from: this.#name, socket: this.#line, to: this.#partner, n });
      socket.send(JSON.stringify({ type: "ice-candidate", n, line: this.#line, candidate: null }));
    }
    if (this.#load.random(RESTLESS) === 0) (socket as WebSocket & { terminate(): void }).terminate();
  }
}
