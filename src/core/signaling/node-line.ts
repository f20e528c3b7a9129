import type { Clock, Timer } from "../../ports/clock.ts";
import { isEnding, writeParcel, type RoomEvent } from "./room-parcel.ts";

/** What one parcel holds at most: events, and characters of messages. */
const PARCEL_EVENTS = 512;
const PARCEL_CHARS = 256 * 1024;

/** How long after a failure endings are tried again, in ms. */
const RETRY_MS = 1_000;

/** What one connection has under way, in characters. Its owner asks {@link NodeLine.isFull} before it posts more. */
export interface Flow {
  underWay: number;
}

/** What one connection, and all together, may have under way, in characters. A burst takes a while to be acknowledged. */
const MAX_FLOW = 4 * 1024 * 1024;
const MAX_LINE = 64 * 1024 * 1024;

/** What an event weighs besides its message. */
const EVENT_CHARS = 128;

interface Posted {
  readonly event: RoomEvent;
  readonly flow: Flow | null;
  readonly chars: number;
  /** Called when the event leaves the queue: from then on it cannot be changed. */
  readonly taken: (() => void) | undefined;
}

export interface NodeLineDeps {
  readonly clock: Clock;
  /** Resolves once the other node has heard. */
  ask(body: string): Promise<unknown>;
  /** What was under way may be lost: whoever relied on this line ends. */
  broken(error: unknown): void;
}

/**
 * The way to one other node: events arrive in order, those that wait together in one parcel, the next parcel when the
 * last was acknowledged. When one was not, all that is under way is dropped and `broken` says so; only endings are kept
 * until the other node has heard them, or the line is closed because that node is dead.
 */
export class NodeLine {
  readonly #deps: NodeLineDeps;
  #queue: Posted[] = [];
  #underWay = 0;
  #isRunning = false;
  #isClosed = false;
  #retry: Timer | null = null;

  constructor(deps: NodeLineDeps) {
    this.#deps = deps;
  }

  /** More than this connection, or the line, should have under way. */
  isFull(flow: Flow): boolean {
    return flow.underWay > MAX_FLOW || this.#underWay > MAX_LINE;
  }

  post(event: RoomEvent, flow: Flow | null = null, taken?: () => void): void {
    if (this.#isClosed) return;
    const chars = EVENT_CHARS + ("payload" in event ? event.payload.length : 0);
    this.#underWay += chars;
    if (flow !== null) flow.underWay += chars;
    this.#queue.push({ event, flow, chars, taken });
    if (this.#isRunning) return;
    this.#retry?.cancel();
    void this.#run();
  }

  /** Drops what waits, and all that is posted from now on. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    for (const one of this.#queue.splice(0)) this.#settle(one);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Lets what belongs together come together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const parcel = this.#take();
      try {
        await this.#deps.ask(writeParcel(parcel.map(({ event }) => event)));
        for (const one of parcel) this.#settle(one);
      } catch (error) {
        this.#fail(parcel, error);
        break;
      }
    }
    this.#isRunning = false;
  }

  #take(): Posted[] {
    let chars = 0;
    let count = 0;
    while (count < this.#queue.length && count < PARCEL_EVENTS && chars < PARCEL_CHARS) {
      chars += this.#queue[count++]!.chars;
    }
    const parcel = this.#queue.splice(0, count);
    for (const { taken } of parcel) taken?.();
    return parcel;
  }

  #fail(parcel: readonly Posted[], error: unknown): void {
    const all = [...parcel, ...this.#queue];
    for (const one of this.#queue) one.taken?.();
    this.#queue = [];
    for (const one of all) {
      if (!this.#isClosed && isEnding(one.event)) this.#queue.push(one);
      else this.#settle(one);
    }
    if (!this.#isClosed) this.#deps.broken(error);
    if (this.#queue.length > 0) this.#retry = this.#deps.clock.after(RETRY_MS, () => void this.#run());
  }

  #settle({ flow, chars }: Posted): void {
    this.#underWay -= chars;
    if (flow !== null) flow.underWay -= chars;
  }
}
