import { io, type Socket } from "socket.io-client";
import { pause, type LoadContext, type Population } from "./context.ts";

const CHANNEL = "video-chat";
const SEND_MS = 150;
/** How long a connection may take, in ms. */
const PATIENCE_MS = 5_000;
/** Who was told that something went wrong tries again after this, in ms. */
const AGAIN_MS = 500;
/** One message in so many is followed by a stop. */
const RESTLESS = 12;

/** People who meet in pairs, talk for a moment, and move on. */
export function startCallers(load: LoadContext, size: { readonly callers: number }): Population {
  const callers = Array.from({ length: size.callers }, (_, at) => new Caller(load, at));
  return {
    face: "video-chat",
    finished: Promise.all(callers.map((one) => one.run())),
    async testify() {
      // Two who have parted avoid each other for ten seconds.
      const until = performance.now() + 14_000;
      const waiting = (side: string): string[] =>
        callers.filter((one) => one.side === side && one.isWaiting).map(({ ticket }) => ticket);
      while (performance.now() < until && waiting("male").length > 0 && waiting("female").length > 0) await pause(100);
      for (const side of ["male", "female"]) {
        load.history.add("stranded", { queue: "chat", side, tickets: waiting(side) });
      }
    },
    close: () => callers.forEach((one) => one.close()),
  };
}

/** What partners tell each other: which of the sender's messages this is, and in which match of whom. */
interface Said {
  readonly match: string;
  readonly from: string;
  readonly n: number;
}

class Caller {
  readonly side: "male" | "female";
  readonly #load: LoadContext;
  readonly #name: string;
  #node: number;
  #socket: Socket | null = null;
  #stint = 0;
  #matches = 0;
  /** While matched: the match's name once it is known, and the partner's. */
  #match: { id: string | null; readonly partner: string; n: number } | null = null;
  /** `asking`: a join or stop is under way; `left`: the partner has gone, and the server brings it to another. */
  #state: "away" | "asking" | "left" | "waiting" | "matched" = "away";
  #again: ReturnType<typeof setTimeout> | null = null;
  /** It has joined again, and what it had asked for before may still be done: the join then ends the match of that. */
  #hasInsisted = false;
  #isClosed = false;

  constructor(load: LoadContext, at: number) {
    this.#load = load;
    this.#node = at;
    this.side = at % 2 === 0 ? "male" : "female";
    this.#name = `caller-${at}`;
  }

  get isWaiting(): boolean {
    return this.#state === "waiting";
  }

  /** From one parting to the next. */
  get ticket(): string {
    return `${this.#name}#${this.#stint}`;
  }

  async run(): Promise<void> {
    void this.#stayConnected();
    await this.#load.every(SEND_MS, () => this.#talk());
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.disconnect();
  }

  async #stayConnected(): Promise<void> {
    const { world, random } = this.#load;
    while (!this.#isClosed) {
      const node = world.nodes[this.#node++ % world.nodes.length]!;
      const transports = this.#node % 3 === 0 ? ["polling", "websocket"] : ["websocket"];
      const socket = io(node.url, { forceNew: true, reconnection: false, timeout: PATIENCE_MS, transports });
      this.#socket = socket;
      const over = Promise.withResolvers<void>();
      socket.once("connect_error", () => over.resolve());
      socket.once("disconnect", () => over.resolve());
      socket.once("connect", () => this.#join(socket));
      this.#listen(socket);
      await over.promise;
      socket.disconnect();
      if (this.#again !== null) clearTimeout(this.#again);
      this.#again = null;
      this.#part(1006);
      this.#state = "away";
      await pause(100 + random(300));
    }
  }

  #join(socket: Socket): void {
    this.#state = "asking";
    socket.emit("join", { name: this.#name, age: 30, gender: this.side });
  }

  #listen(socket: Socket): void {
    const { history } = this.#load;
    const renewed = (): void => {
      if (this.#hasInsisted) this.#part(1000);
    };
    socket.on("waiting", () => {
      renewed();
      this.#state = "waiting";
    });
    socket.on("matched", ({ partner, initiator }: { partner: { name: string }; initiator: boolean }) => {
      renewed();
      this.#state = "matched";
      this.#match = { id: initiator ? `${this.#name}!${this.#matches++}` : null, partner: partner.name, n: 0 };
      history.add("opened", { channel: CHANNEL, who: this.#name, socket: this.ticket });
      if (initiator) {
        history.add("matched", { queue: "chat", ticket: this.ticket, match: this.#match.id! });
        this.#say("offer");
      }
    });
    socket.on("offer", ({ offer }: { offer: Said }) => {
      const match = this.#match;
      if (match !== null && match.partner === offer.from.split("#")[0]) match.id ??= offer.match;
      history.add("matched", { queue: "chat", ticket: this.ticket, match: offer.match });
      this.#heard(offer);
    });
    socket.on("ice-candidate", ({ candidate }: { candidate: Said }) => this.#heard(candidate));
    socket.on("partner-disconnected", () => {
      this.#part(1000);
      this.#state = "left";
    });
    socket.on("error", ({ message }: { message: string }) => {
      if (this.#match !== null) {
        const names = { from: this.#name, socket: this.ticket, to: this.#match.partner };
        history.add("refused", { channel: CHANNEL, ...names, why: message });
        return;
      }
      // Who is refused is in no queue. What was refused may also have been said to a partner who has gone since.
      this.#again ??= setTimeout(() => {
        this.#again = null;
        if (this.#state !== "asking") return;
        this.#hasInsisted = true;
        this.#join(socket);
      }, AGAIN_MS);
    });
  }

  #heard({ from, n }: Said): void {
    const [name] = from.split("#") as [string];
    const names = { from: name, fromSocket: from, to: this.#name, socket: this.ticket };
    this.#load.history.add("delivered", { channel: CHANNEL, ...names, n });
  }

  readonly #counts = new Map<string, number>();

  #say(event: "offer" | "ice-candidate"): void {
    const { partner, id } = this.#match!;
    const n = this.#counts.get(partner) ?? 0;
    this.#counts.set(partner, n + 1);
    const said: Said = { match: id ?? "", from: this.ticket, n };
    this.#load.history.add("sent", { channel: CHANNEL, from: this.#name, socket: this.ticket, to: partner, n });
    this.#socket!.emit(event, event === "offer" ? { offer: said } : { candidate: said });
  }

  #talk(): void {
    // Only who knows the match talks, so that each message can be told apart.
    if (this.#match === null || this.#match.id === null || this.#socket?.connected !== true) return;
    if (this.#load.random(RESTLESS) > 0) return this.#say("ice-candidate");
    this.#part(1000);
    this.#state = "asking";
    this.#socket.emit("stop");
  }

  #part(code: number): void {
    if (this.#match === null) return;
    this.#match = null;
    this.#hasInsisted = false;
    this.#load.history.add("closed", { channel: CHANNEL, who: this.#name, socket: this.ticket, code });
    this.#stint++;
  }
}
