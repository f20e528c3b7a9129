import type { Bearer } from "./tokens.ts";
import type { Traffic } from "./traffic.ts";

/** After these the same would be refused again, or somebody else has taken over. */
const FINAL: ReadonlySet<number> = new Set([1000, 1007, 1008, 4001, 4003, 4004, 4403]);
/** Longest waits before a socket is made anew, in ms: doubled each time, up to the second. */
const [FIRST_AGAIN_MS, LAST_AGAIN_MS] = [250, 10_000];

export type Frame = Readonly<Record<string, unknown>>;

export interface LineOptions {
  /** Of the server, `http` or `https`. */
  readonly url: string;
  /** What to connect to this time. */
  readonly path: () => string;
  readonly bearer: Bearer;
  readonly traffic: Traffic;
  /** Sent as soon as it is open; null: nothing. */
  readonly hello?: () => Promise<object | null>;
  /** Left out: what comes is not looked at. */
  readonly heard?: (message: unknown) => void;
  /** It is over for good, because the server said so. */
  readonly ended?: (code: number) => void;
}

/** Bun's can break off. */
interface FullSocket extends WebSocket {
  terminate(): void;
}

/** A WebSocket that comes back, after a random wait, when it is lost. */
export class Line {
  readonly #options: LineOptions;
  #socket: FullSocket | null = null;
  #again: ReturnType<typeof setTimeout> | null = null;
  #attempt = 0;
  #isOver = false;

  constructor(options: LineOptions) {
    this.#options = options;
    void this.#connect();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** The server has ended it for good, or it was closed here. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Nothing happens while it is not open. */
  send(frame: object): void {
    if (this.isOpen) this.#socket!.send(JSON.stringify(frame));
  }

  /** With a closing frame, as whoever leaves properly does. */
  close(): void {
    this.#end();
    this.#socket?.close(1000);
  }

  /** As a machine that loses its power does. */
  breakOff(): void {
    this.#end();
    this.#socket?.terminate();
  }

  /** As a network that fails for a moment does: the line comes back by itself. */
  drop(): void {
    this.#socket?.terminate();
  }

  #end(): void {
    this.#isOver = true;
    if (this.#again !== null) clearTimeout(this.#again);
  }

  async #connect(): Promise<void> {
    const { url, path, bearer, hello, heard } = this.#options;
    const token = await bearer();
    if (this.#isOver) return;
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    // The DOM's type, which stands in the way here, knows of protocols only.
    const options = { headers } as unknown as string[];
    const socket = new WebSocket(url.replace(/^http/, "ws") + path(), options) as FullSocket;
    this.#socket = socket;
    socket.onopen = async () => {
      if (this.#isOver) return socket.close(1000);
      const first = (await hello?.()) ?? null;
      if (first !== null) this.send(first);
    };
    socket.onmessage = ({ data }) => {
      this.#attempt = 0;
      if (!this.#isOver) heard?.(JSON.parse(data as string));
    };
    socket.onclose = ({ code }) => this.#lost(code);
  }

  #lost(code: number): void {
    if (this.#isOver) return;
    if (FINAL.has(code)) {
      this.#end();
      return this.#options.ended?.(code);
    }
    this.#options.traffic.noteReconnect();
    const longest = Math.min(LAST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** this.#attempt++);
    this.#again = setTimeout(() => void this.#connect(), Math.random() * longest);
  }
}
