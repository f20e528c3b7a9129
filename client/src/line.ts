// A WebSocket that comes back: full-jitter backoff, a ticket for each handshake, and the close codes of docs/errors.md.
import { errorOf, Forbidden, RendezvousError, Unauthorized } from "./errors.ts";
import type { Http } from "./http.ts";
import { backoff } from "./time.ts";

/** Closes after which coming back would end the same way. */
const FINAL: ReadonlySet<number> = new Set([1008, 4001, 4004, 4403]);
const TOKEN_REFUSED = 4401;
const COME_BACK_LATER = 1013;
/** A connection that has stood for so long was a good one, in ms. */
const STOOD_MS = 5_000;

type Verdict = RendezvousError | null | undefined;

export interface LineEvents {
  /** Where to connect, asked before each attempt. */
  address(): URL;
  opened?(): void;
  heard(message: unknown): void;
  /** The connection broke; it is tried again. */
  lost?(): void;
  /** What a close means here: the end by an error, null: come back, undefined: what it means everywhere. */
  final?(code: number, wasOpen: boolean, reason: string): Verdict | Promise<Verdict>;
  /** There is no way back; null: it was closed here. */
  ended(error: RendezvousError | null): void;
}

export interface LineOptions {
  /** The handshake shows the token by a ticket. */
  readonly ticket?: boolean;
  /** A connection that is silent for so long is dead, in ms. */
  readonly silenceMs?: number;
}

export class Line {
  readonly #http: Http;
  readonly #events: LineEvents;
  readonly #options: LineOptions;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #refusals = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(http: Http, events: LineEvents, options: LineOptions = {}) {
    this.#http = http;
    this.#events = events;
    this.#options = options;
    // The network is back: no reason to wait. Node has no such event.
    globalThis.addEventListener?.("online", this.#now);
    // Timers of hidden pages are slow: whoever looks again need not wait for them.
    globalThis.document?.addEventListener("visibilitychange", this.#now);
    void this.#connect();
  }

  /** All is well: the next loss begins with a short wait. */
  settled(): void {
    this.#attempt = 0;
    this.#refusals = 0;
  }

  /** False: there is no connection, so that it was not sent. */
  send(message: unknown): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== 1) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** For good. */
  close(): void {
    this.#end(null);
  }

  readonly #now = (): void => {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    void this.#connect();
  };

  async #connect(): Promise<void> {
    this.#retry = undefined;
    let ticket: string | null = null;
    try {
      if (this.#options.ticket !== false) ticket = await this.#http.ticket();
      else await this.#http.tokens.get();
    } catch (error) {
      // Whoever hands out tokens may be out of reach just now, as the server may be.
      const isRefusal = error instanceof Unauthorized || error instanceof Forbidden;
      return isRefusal ? this.#end(error) : this.#again();
    }
    try {
      if (!this.#over) this.#open(ticket);
    } catch (error) {
      this.#end(error as RendezvousError);
    }
  }

  #open(ticket: string | null): void {
    const address = this.#events.address();
    address.protocol = address.protocol.replace("http", "ws");
    if (ticket !== null) address.searchParams.set("ticket", ticket);
    const Socket = this.#http.options.WebSocket ?? globalThis.WebSocket;
    if (Socket === undefined) throw new TypeError("no WebSocket: pass one");
    const socket = new Socket(address.href);
    let openedAt = Infinity;
    this.#socket = socket;
    this.#listen();
    socket.onopen = () => {
      openedAt = performance.now();
      this.#events.opened?.();
    };
    socket.onmessage = ({ data }) => {
      if (this.#over) return;
      this.#listen();
      this.#events.heard(JSON.parse(String(data)));
    };
    socket.onclose = ({ code, reason }) => void this.#closed(socket, code, reason, performance.now() - openedAt);
    socket.onerror = () => undefined;
  }

  /** A connection that is dead but not closed shows by its silence. */
  #listen(): void {
    const { silenceMs } = this.#options;
    if (silenceMs === undefined) return;
    clearTimeout(this.#silence);
    const socket = this.#socket!;
    this.#silence = setTimeout(() => {
      socket.close();
      void this.#closed(socket, 1006, "", silenceMs);
    }, silenceMs);
  }

  async #closed(socket: WebSocket, code: number, reason: string, stoodMs: number): Promise<void> {
    if (this.#over || socket !== this.#socket) return;
    if (stoodMs > STOOD_MS) this.settled();
    this.#socket = null;
    clearTimeout(this.#silence);
    this.#events.lost?.();
    const verdict = await this.#events.final?.(code, stoodMs >= 0, reason);
    const error = verdict === undefined ? this.#meaning(code, reason) : verdict;
    if (error !== null) return this.#end(error);
    if (code === COME_BACK_LATER) this.#attempt = Math.max(this.#attempt, 2);
    this.#again();
  }

  #meaning(code: number, reason: string): RendezvousError | null {
    const error = errorOf(code, reason || `closed with ${code}`);
    // A fresh token may do; if that is refused as well, none will.
    if (code === TOKEN_REFUSED && this.#http.tokens.forget() && this.#refusals++ === 0) return null;
    return code === TOKEN_REFUSED || FINAL.has(code) ? error : null;
  }

  #again(): void {
    if (!this.#over) this.#retry = setTimeout(() => void this.#connect(), backoff(this.#attempt++));
  }

  #end(error: RendezvousError | null): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    globalThis.removeEventListener?.("online", this.#now);
    globalThis.document?.removeEventListener("visibilitychange", this.#now);
    this.#socket?.close(1000);
    this.#events.ended(error);
  }
}
