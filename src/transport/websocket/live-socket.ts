import type { ServerWebSocket } from "bun";
import type { Bursts, Receiver } from "./bursts.ts";
import type { LiveSocket } from "./socket.ts";

/**
 * Writes a text to all sockets in a channel, before anything else that one of them is sent: a large one at once, small ones
 * of the same turn together. False if one of them had bytes left that were not sent.
 */
export type Tell = (channel: string, text: string) => boolean;

/** What holds for all sockets of a door. */
export interface Terms {
  readonly maxUnsentBytes: number;
  /**
   * No more waits for one socket, in UTF-16 units: far less than it may have unsent, so that whoever sends it too much
   * hears so as if nothing waited.
   */
  readonly maxWaiting: number;
  readonly tell: Tell;
  readonly bursts: Bursts;
}

/** What waits for one socket. */
interface Waiting {
  readonly texts: string[];
  chars: number;
}

/** A socket of the runtime, as faces see it. */
export class RuntimeSocket implements LiveSocket, Receiver {
  readonly #ws: ServerWebSocket<unknown>;
  readonly #terms: Terms;
  /** Pings that were written here and that no pong has come for. */
  #unanswered = 0;
  /** What comes in a burst and is to go out together; whatever else is written goes out behind it. */
  #waiting: Waiting | null = null;

  constructor(ws: ServerWebSocket<unknown>, terms: Terms) {
    this.#ws = ws;
    this.#terms = terms;
  }

  get buffered(): number {
    this.flush();
    return this.#ws.getBufferedAmount();
  }

  send(text: string): boolean {
    if (this.#waiting !== null || this.#terms.bursts.includes(this)) return this.#sendLater(text);
    return this.#send(text);
  }

  sendMarked(text: string, mark: string): boolean {
    this.flush();
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
    this.flush();
    return this.#sendTogether(texts);
  }

  flush(): number {
    const waiting = this.#waiting;
    if (waiting === null) return 0;
    this.#waiting = null;
    const { texts } = waiting;
    if (texts.length === 1) this.#send(texts[0]!);
    else this.#sendTogether(texts);
    return texts.length;
  }

  join(channel: string): void {
    this.#ws.subscribe(channel);
  }

  leave(channel: string): void {
    this.#ws.unsubscribe(channel);
  }

  tell(channel: string, texts: readonly string[]): boolean {
    // Some of what waits may be for sockets in the channel.
    this.#terms.bursts.write();
    let isTaken = true;
    for (const text of texts) isTaken = this.#terms.tell(channel, text) && isTaken;
    return isTaken;
  }

  bound(): void {
    this.#isThrough(1);
  }

  ping(mark: string): void {
    this.flush();
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
    this.flush();
    this.#ws.close(code, reason);
  }

  #send(text: string): boolean {
    const written = this.#ws.send(text);
    // More than 0: everything has gone out.
    return written > 0 || this.#isThrough(written);
  }

  #sendTogether(texts: readonly string[]): boolean {
    together = texts;
    // While it is corked nothing goes out, so what was written says nothing of what is left.
    try {
      return this.#isThrough(this.#ws.cork(sendTogether));
    } finally {
      together = [];
    }
  }

  /** Whoever has bytes left is written to at once: what it is sent may be too much, and then its sender is to hear so. */
  #sendLater(text: string): boolean {
    const { bursts, maxWaiting } = this.#terms;
    const waiting = this.#waiting;
    if (waiting === null) {
      const isOpen = this.#ws.readyState === WebSocket.OPEN;
      if (!isOpen || text.length > maxWaiting || this.#ws.getBufferedAmount() > 0) return this.#send(text);
      this.#waiting = { texts: [text], chars: text.length };
      bursts.enter(this);
    } else if (waiting.chars + text.length > maxWaiting || this === bursts.handling) {
      this.flush();
      return this.#send(text);
    } else {
      waiting.texts.push(text);
      waiting.chars += text.length;
    }
    bursts.count();
    return true;
  }

  /** 0: nothing was written, the socket is gone or past the runtime's limit. */
  #isThrough(written: number): boolean {
    if (written !== 0 && this.#ws.getBufferedAmount() <= this.#terms.maxUnsentBytes) return true;
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
