import type { ServerWebSocket } from "bun";
import type { LiveSocket } from "./socket.ts";

/**
 * Writes a text to all sockets in a channel, before anything else that one of them is sent: a large one at once, small ones
 * of the same turn together. False if one of them had bytes left that were not sent.
 */
export type Tell = (channel: string, text: string) => boolean;

/** A socket of the runtime, as faces see it. */
export class RuntimeSocket implements LiveSocket {
  readonly #ws: ServerWebSocket<unknown>;
  readonly #maxUnsentBytes: number;
  readonly #tell: Tell;
  /** Pings that were written here and that no pong has come for. */
  #unanswered = 0;

  constructor(ws: ServerWebSocket<unknown>, maxUnsentBytes: number, tell: Tell) {
    this.#ws = ws;
    this.#maxUnsentBytes = maxUnsentBytes;
    this.#tell = tell;
  }

  get buffered(): number {
    return this.#ws.getBufferedAmount();
  }

  send(text: string): boolean {
    const written = this.#ws.send(text);
    // More than 0: everything has gone out.
    return written > 0 || this.#isThrough(written);
  }

  sendMarked(text: string, mark: string): boolean {
    this.#unanswered++;
    const written = this.#ws.cork((ws) => {
      const sent = ws.send(text);
      if (sent !== 0) ws.ping(mark);
      return sent;
    });
    return this.#isThrough(written);
  }

  sendAll(texts: readonly string[]): boolean {
    const [only] = texts;
    if (texts.length === 1 && only !== undefined) return this.send(only);
    together = texts;
    // While it is corked nothing goes out, so what was written says nothing of what is left.
    return this.#isThrough(this.#ws.cork(sendTogether));
  }

  join(channel: string): void {
    this.#ws.subscribe(channel);
  }

  leave(channel: string): void {
    this.#ws.unsubscribe(channel);
  }

  tell(channel: string, texts: readonly string[]): boolean {
    let isTaken = true;
    for (const text of texts) isTaken = this.#tell(channel, text) && isTaken;
    return isTaken;
  }

  bound(): void {
    this.#isThrough(1);
  }

  ping(mark: string): void {
    this.#unanswered++;
    this.#ws.ping(mark);
  }

  /** A pong came. False: it answers nothing that was asked here. */
  takesPong(): boolean {
    if (this.#unanswered === 0) return false;
    this.#unanswered--;
    return true;
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  /** 0: nothing was written, the socket is gone or past the runtime's limit. */
  #isThrough(written: number): boolean {
    if (written !== 0 && this.#ws.getBufferedAmount() <= this.#maxUnsentBytes) return true;
    this.#ws.terminate();
    return false;
  }
}

/** What {@link sendTogether} sends: one function for thousands of sockets, and no new one for each. */
let together: readonly string[] = [];

function sendTogether(ws: ServerWebSocket<unknown>): number {
  let written = 1;
  for (const text of together) if (written !== 0) written = ws.send(text);
  return written;
}
