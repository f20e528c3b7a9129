import type { LiveMessage } from "./messages.ts";
import { token } from "./token.ts";

/** The longest wait before the first try to come back and before any, in ms; doubled each time, and any part of it. */
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [500, 10_000];
/** The server pings every 30 s. */
const SILENCE_MS = 75_000;

export interface MatchListener {
  connected(): void;
  /** It is tried again and again. */
  lost(): void;
  heard(message: LiveMessage): void;
}

/** The live messages of a match; comes back when the connection is lost, until it is closed. */
export class MatchSocket {
  readonly #path: string;
  readonly #listener: MatchListener;
  #socket: WebSocket | null = null;
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  readonly #now = (): void => {
    // The network is back, or somebody looks again: no reason to wait.
    if (document.hidden || this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  constructor(matchId: string, listener: MatchListener) {
    this.#path = `/ws/match/${encodeURIComponent(matchId)}`;
    this.#listener = listener;
    addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#now);
    this.#connect();
  }

  close(): void {
    this.#over = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#now);
    this.#socket?.close();
  }

  #connect(): void {
    this.#retry = undefined;
    const protocols = token === null ? [] : ["rendezvous", `bearer.${token}`];
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + this.#path, protocols);
    this.#socket = socket;
    this.#listen();
    socket.onopen = () => this.#listener.connected();
    socket.onmessage = ({ data }) => {
      this.#tries = 0;
      this.#listen();
      const message = parse(data);
      if (message !== null) this.#listener.heard(message);
    };
    socket.onclose = () => this.#lost(socket);
  }

  #lost(socket: WebSocket): void {
    if (this.#over || socket !== this.#socket) return;
    clearTimeout(this.#silence);
    this.#listener.lost();
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#tries++);
    this.#retry = setTimeout(() => this.#connect(), Math.random() * longest);
  }

  /** A connection that is dead but not closed shows by its silence. */
  #listen(): void {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#silence = setTimeout(() => {
      if (socket === null) return;
      socket.onclose = null;
      socket.close();
      this.#lost(socket);
    }, SILENCE_MS);
  }
}

function parse(data: unknown): LiveMessage | null {
  try {
    const message = JSON.parse(String(data)) as LiveMessage | null;
    return typeof message?.type === "string" ? message : null;
  } catch {
    return null;
  }
}
