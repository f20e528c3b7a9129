import type { LoadContext, Population } from "./context.ts";
import { LastingSocket } from "./lasting-socket.ts";

const CHANNEL = "rooms";
const SEND_MS = 120;
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
  readonly #name: string;
  readonly #partner: string;
  readonly #socket: LastingSocket;
  /** Set while it is seated. */
  #seat: { readonly id: string; readonly token: string; received: number } | null = null;
  #isWelcome = false;
  #isAccompanied = false;
  #n = 0;

  constructor(load: LoadContext, room: string, name: string, partner: string, node: number) {
    [this.#load, this.#name, this.#partner] = [load, name, partner];
    this.#socket = new LastingSocket({
      load,
      node,
      path: () => {
        const resume = this.#seat === null ? "" : `&resume=${this.#seat.token}&received=${this.#seat.received}`;
        return `/signaling?roomId=${room}${resume}`;
      },
      begins: () => void (this.#isWelcome = false),
      heard: (frame) => this.#take(frame),
      isIn: () => this.#isWelcome,
      ended: (code, at) => {
        const who = `${name}'s line`;
        load.history.add("closed", { channel: CHANNEL, who, socket: this.#line, code }, at);
      },
    });
  }

  async run(): Promise<void> {
    void this.#socket.run().then(() => this.#leaveSeat());
    await this.#load.every(SEND_MS, () => this.#send());
  }

  close(): void {
    this.#socket.close();
  }

  /** The connection, which a message is lost with; the seat outlives it. */
  get #line(): string {
    return `${this.#name}@${this.#socket.count}`;
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
    if (!this.#isWelcome || !this.#isAccompanied || !this.#socket.isOpen) return;
    for (let more = this.#load.random(4); more >= 0; more--) {
      const n = this.#n++;
      this.#load.history.add("sent", { channel: CHANNEL, from: this.#name, socket: this.#line, to: this.#partner, n });
      this.#socket.send({ type: "ice-candidate", n, line: this.#line, candidate: null });
    }
    if (this.#load.random(RESTLESS) === 0) this.#socket.breakOff();
  }
}
