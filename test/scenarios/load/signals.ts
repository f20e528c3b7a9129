import { documented } from "../../support/coordinator-client.ts";
import { Client, pause, type LoadContext, type Population } from "./context.ts";

const CHANNEL = "coordinator";
const SEND_MS = 250;
const PATIENCE_MS = 5_000;
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
  readonly #session: string;
  readonly #peer: string;
  readonly #name: string;
  readonly #partner: string;
  #node: number;
  #socket: WebSocket | null = null;
  #cursor = "0";
  #connections = 0;
  #isJoined = false;
  #n = 0;
  #isClosed = false;

  constructor(load: LoadContext, session: string, peer: string, partner: string, node: number) {
    [this.#load, this.#session, this.#peer, this.#node] = [load, session, peer, node];
    this.#name = `${session}/${peer}`;
    this.#partner = `${session}/${partner}`;
  }

  async run(): Promise<void> {
    void this.#stayConnected();
    await this.#load.every(SEND_MS, () => this.#send());
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close(1000);
  }

  get #line(): string {
    return `${this.#name}@${this.#connections}`;
  }

  async #stayConnected(): Promise<void> {
    const { world, history, random } = this.#load;
    while (!this.#isClosed) {
      const node = world.nodes[this.#node++ % world.nodes.length]!;
      const query = `session_id=${this.#session}&peer_id=${this.#peer}&after=${this.#cursor}`;
      const socket = new WebSocket(`${node.wsUrl}/api/signaling/ws?${query}`);
      this.#socket = socket;
      this.#connections++;
      this.#isJoined = false;
      const over = Promise.withResolvers<number>();
      socket.onopen = () => socket.send(JSON.stringify({ type: "join" }));
      socket.onclose = ({ code }) => over.resolve(code);
      socket.onmessage = ({ data }) => {
        if (this.#socket === socket) this.#take(JSON.parse(data as string));
      };
      const late = pause(PATIENCE_MS).then(() => (this.#isJoined ? over.promise : 1006));
      const code = await Promise.race([over.promise, late]);
      this.#socket = null;
      (socket as WebSocket & { terminate(): void }).terminate();
      // The same line sends and listens.
      for (const who of this.#isJoined ? [this.#name] : []) {
        history.add("closed", { channel: CHANNEL, who, socket: this.#line, code }, node.name);
      }
      await pause(50 + random(300));
    }
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
    const socket = this.#socket;
    if (socket === null || !this.#isJoined || socket.readyState !== WebSocket.OPEN) return;
    const n = this.#n++;
    this.#load.history.add("sent", { channel: CHANNEL, from: this.#name, socket: this.#line, to: this.#partner, n });
    socket.send(JSON.stringify({ type: "ice-candidate", candidate: `candidate: ${n} ${this.#line}` }));
    if (this.#load.random(RESTLESS) === 0) (socket as WebSocket & { terminate(): void }).terminate();
  }
}
