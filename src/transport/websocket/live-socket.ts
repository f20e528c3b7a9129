import type { ServerWebSocket } from "bun";
import { Backlog, type Letter } from "./backlog.ts";
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
  /** Of each of them; undefined for one that nobody needs to hear of. */
  readonly letters: (Letter | undefined)[];
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
  /** Null while all has left. */
  #backlog: Backlog | null = null;

  constructor(ws: ServerWebSocket<unknown>, terms: Terms) {
    this.#ws = ws;
    this.#terms = terms;
  }

  get buffered(): number {
    this.flush();
    return this.#ws.getBufferedAmount();
  }

  send(text: string, letter?: Letter): boolean {
    if (this.#waiting !== null || this.#terms.bursts.includes(this)) return this.#sendLater(text, letter);
    return this.#send(text, letter);
  }

  sendMarked(text: string, mark: string): boolean {
    this.flush();
    this.#unanswered++;
    const written = this.#ws.cork((ws) => {
      const sent = ws.send(text);
      if (sent !== 0) ws.ping(mark);
      return sent;
    });
    this.#note(text, undefined);
    this.pinged(mark);
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
    const { texts, letters } = waiting;
    // They were taken when they came: whoever is to hear of one hears that it is lost.
    if (texts.length > 1) this.#sendTogether(texts, letters);
    else if (!this.#send(texts[0]!, letters[0])) letters[0]?.lost();
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
    this.pinged(mark);
  }

  /** A ping was written behind all else. */
  pinged(mark: string): void {
    this.#backlog?.addPing(mark);
  }

  /** A pong came. False: it answers nothing that was asked here. */
  takesPong(): boolean {
    if (this.#unanswered === 0) return false;
    this.#unanswered--;
    return true;
  }

  close(code: number, reason: string): void {
    this.flush();
    // What is left would go on leaving behind a close, and nobody know what of it had. Who is told that it was lost may
    // not get it after all.
    if (this.#backlog?.left(this.#ws.getBufferedAmount()) === true) this.#ws.terminate();
    else this.#ws.close(code, reason);
  }

  /** Some of what was left has left. */
  drained(): void {
    const bytes = this.#ws.getBufferedAmount();
    if (bytes === 0) this.#backlog = null;
    else this.#backlog?.left(bytes);
  }

  /** The socket is gone. */
  ended(): void {
    this.flush();
    const backlog = this.#backlog;
    this.#backlog = null;
    backlog?.lost();
  }

  #send(text: string, letter?: Letter): boolean {
    const written = this.#ws.send(text);
    // More than 0: everything has gone out.
    if (written > 0) {
      this.#backlog = null;
      return true;
    }
    const isTaken = written !== 0 && this.#isWithin();
    if (written !== 0) this.#note(text, isTaken ? letter : undefined);
    if (!isTaken) this.#cut();
    return isTaken;
  }

  /** Letters of texts that are not taken here hear that they are lost. */
  #sendTogether(texts: readonly string[], letters: readonly (Letter | undefined)[] = []): boolean {
    together = texts;
    let sent: number;
    try {
      sent = this.#ws.cork(sendTogether);
    } finally {
      together = [];
    }
    // While it is corked nothing goes out, so what was written says nothing of what is left.
    if (sent === texts.length && this.#ws.getBufferedAmount() === 0) {
      this.#backlog = null;
      return true;
    }
    for (let at = 0; at < sent; at++) this.#note(texts[at]!, letters[at]);
    if (sent === texts.length && this.#isWithin()) return true;
    this.#cut();
    for (const letter of letters.slice(sent)) letter?.lost();
    return false;
  }

  /** Whoever has bytes left is written to at once: what it is sent may be too much, and then its sender is to hear so. */
  #sendLater(text: string, letter: Letter | undefined): boolean {
    const { bursts, maxWaiting } = this.#terms;
    const waiting = this.#waiting;
    if (waiting === null) {
      const isOpen = this.#ws.readyState === WebSocket.OPEN;
      if (!isOpen || text.length > maxWaiting || this.#ws.getBufferedAmount() > 0) return this.#send(text, letter);
      this.#waiting = { texts: [text], letters: [letter], chars: text.length };
      bursts.enter(this);
    } else if (waiting.chars + text.length > maxWaiting || this === bursts.handling) {
      this.flush();
      return this.#send(text, letter);
    } else {
      waiting.texts.push(text);
      waiting.letters.push(letter);
      waiting.chars += text.length;
    }
    bursts.count();
    return true;
  }

  /** 0: nothing was written, the socket is gone or past the runtime's limit. */
  #isThrough(written: number): boolean {
    if (written !== 0 && this.#isWithin()) return true;
    this.#cut();
    return false;
  }

  #isWithin(): boolean {
    return this.#ws.getBufferedAmount() <= this.#terms.maxUnsentBytes;
  }

  /** Bytes were left behind a text. What is in front of the first letter need not be known: it leaves before it. */
  #note(text: string, letter: Letter | undefined): void {
    if (letter !== undefined) this.#backlog ??= new Backlog();
    this.#backlog?.add(text, letter);
  }

  #cut(): void {
    this.#backlog?.left(this.#ws.getBufferedAmount());
    this.#ws.terminate();
  }
}

/** What {@link sendTogether} sends: one function for thousands of sockets, and no new one for each. */
let together: readonly string[] = [];

/** How many were taken, from the first. */
function sendTogether(ws: ServerWebSocket<unknown>): number {
  let sent = 0;
  while (sent < together.length && ws.send(together[sent]!) !== 0) sent++;
  return sent;
}
