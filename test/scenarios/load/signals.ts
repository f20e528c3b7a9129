import { documented } from "../../support/coordinator-client.ts";
import { Client, type LoadContext, type Population } from "./context.ts";
import { LastingSocket } from "./lasting-socket.ts";

const CHANNEL = "coordinator";
const SEND_MS = 250;
/** One candidate in so many is followed by the loss of the connection. */
const RESTLESS = 40;

/** Players and hosts of the coordinator who listen to their session's mailbox, and go on where they were. */
export function startSignals(load: LoadContext, size: { readonly sessions: number }): Population {
  const peers: Listener[] = [];
  const run = async (at: number): Promise<void> => {
    const session = await openSession(load, at);
    if (session === null) return;
    const pair = [new Listener(load, session, "a", "b", at), new Listener(load, session, "b", "a", at + 1)];
    peers.push(...pair);
    await Promise.all(pair.map((one) => one.run()));
  };
  return {
    face: "coordinator",
    finished: Promise.all(Array.from({ length: size.sessions }, (_, at) => run(at))),
    close: () => peers.forEach((one) => one.close()),
  };
}

async function openSession(load: LoadContext, at: number): Promise<string | null> {
  const client = new Client(load, "coordinator", at);
  const [host_id, zone_id] = [`signaling-${at}`, `signaling-${at}`];
  const any = { min_host_quality_score: 0, min_bandwidth_mbps: 0, max_latency_ms: null };
  await client.insist("register", "POST", "/api/hosts/", { ...documented.host, host_id });
  await client.insist("open zone", "POST", "/api/zones/", { ...documented.zone, ...any, zone_id });
  const opened = await client.insist("open", "POST", "/api/sessions/", { host_id, zone_id, max_players: 8 });
  return opened.fate === "done" ? opened.body.session_id : null;
}

class Listener {
  readonly #load: LoadContext;
  readonly #name: string;
  readonly #partner: string;
  readonly #socket: LastingSocket;
  #cursor = "0";
  #isJoined = false;
  #n = 0;

  constructor(load: LoadContext, session: string, peer: string, partner: string, node: number) {
    this.#load = load;
    this.#name = `${session}/${peer}`;
    this.#partner = `${session}/${partner}`;
    this.#socket = new LastingSocket({
      load,
      node,
      path: () => `/api/signaling/ws?session_id=${session}&peer_id=${peer}&after=${this.#cursor}`,
      hello: { type: "join" },
      begins: () => void (this.#isJoined = false),
      heard: (frame) => this.#take(frame),
      isIn: () => this.#isJoined,
      ended: (code, at) => {
        if (!this.#isJoined) return;
        // The same line sends and listens.
        load.history.add("closed", { channel: CHANNEL, who: this.#name, socket: this.#line, code }, at);
      },
    });
  }

  async run(): Promise<void> {
    void this.#socket.run();
    await this.#load.every(SEND_MS, () => this.#send());
  }

  close(): void {
    this.#socket.close();
  }

  get #line(): string {
    return `${this.#name}@${this.#socket.count}`;
  }

  #take(frame: any): void {
    const { history } = this.#load;
    if (frame.type === "session-joined") {
      this.#isJoined = true;
      history.add("opened", { channel: CHANNEL, who: this.#name, socket: this.#line });
    }
    if (frame.type === "error") {
      const names = { from: this.#name, socket: this.#line, to: this.#partner };
      history.add("refused", { channel: CHANNEL, ...names, why: frame.detail });
    }
    if (frame.type !== "ice-candidate") return;
    this.#cursor = frame.cursor;
    const [, n, fromSocket] = (frame.candidate as string).split(" ") as [string, string, string];
    const names = { from: this.#partner, fromSocket, to: this.#name, socket: this.#line };
    history.add("delivered", { channel: CHANNEL, ...names, n: Number(n) });
  }

  #send(): void {
    if (!this.#isJoined || !this.#socket.isOpen) return;
    const n = this.#n++;
    this.#load.history.add("sent", { channel: CHANNEL, from: this.#name, socket: this.#line, to: this.#partner, n });
    this.#socket.send({ type: "ice-candidate", candidate: `candidate: ${n} ${this.#line}` });
    if (this.#load.random(RESTLESS) === 0) this.#socket.breakOff();
  }
}
