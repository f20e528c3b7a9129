import type { RollCall } from "../../core/observation/roll-call.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { openEventStream, type EventStream } from "../../transport/http/event-stream.ts";
import { samplesOf, SLICE_MS, type Slice } from "./overview/history.ts";
import type { Overviews } from "./overview/overview.ts";
import { ask } from "./questions.ts";
import type { LiveEvents, Sample } from "./wire.ts";

/** How often who watches is told, and how often a line is written that keeps proxies from closing, in ms. */
const TELL_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;

/** How far back the charts go, in ms. */
const HISTORY_MS = 15 * 60_000;

/** How long all nodes take to cut a slice, in ms. */
const CUT_MS = 1_000;

/** How many may watch one node. */
const MOST_WATCHERS = 100;

export interface LiveDeps {
  readonly overviews: Pick<Overviews, "take">;
  readonly rollCall: RollCall;
  readonly clock: Clock;
  readonly timeOfDay: Pick<Clock, "now">;
  failed(error: unknown): void;
}

/** Shows this node's watchers what goes on. While nobody watches, nothing is asked of anybody. */
export class Live {
  readonly #deps: LiveDeps;
  /** How many overviews each is still to get. */
  readonly #watchers = new Map<EventStream, number>();
  /** Who is about to watch. */
  #opening = 0;
  #timer: Timer | null = null;
  #telling: Promise<void> | null = null;
  /** The newest slice that was told, by its beginning. */
  #told = 0;
  #number = 0;
  #keptAliveAt = 0;

  constructor(deps: LiveDeps) {
    this.#deps = deps;
  }

  /**
   * An answer that goes on until its reader is gone, or too slow; `isOnce`: until it has two overviews,
   * of which the second has rates.
   *
   * @throws {Refusal} overloaded, if as many as may do watch already
   */
  async open(whenOver: (end: () => void) => () => void, isOnce: boolean): Promise<Response> {
    // Whoever is about to watch has a place from here on, so that no two get the last one.
    if (this.#watchers.size + this.#opening >= MOST_WATCHERS) throw new Refusal("overloaded");
    this.#opening++;
    let samples;
    try {
      samples = await this.#samples(this.#deps.timeOfDay.now() - HISTORY_MS);
    } finally {
      this.#opening--;
    }
    return this.#begin(samples, whenOver, isOnce);
  }

  async #begin(
    samples: readonly Sample[],
    whenOver: (end: () => void) => () => void,
    isOnce: boolean,
  ): Promise<Response> {
    const { clock, failed } = this.#deps;
    const stream = openEventStream(() => {
      release();
      this.#watchers.delete(stream);
      if (this.#watchers.size === 0) this.#rest();
    });
    const release = whenOver(() => stream.end());
    this.#send(stream, "history", { samples });
    this.#watchers.set(stream, isOnce ? 2 : Infinity);
    if (this.#timer === null) {
      this.#told = samples.at(-1)?.at ?? this.#deps.timeOfDay.now() - SLICE_MS;
      this.#timer = clock.every(TELL_MS, () => void this.#tell().catch(failed));
    }
    await this.#tell();
    return stream.response;
  }

  stop(): void {
    for (const stream of [...this.#watchers.keys()]) stream.end();
    this.#rest();
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** One at a time: a node that answers late must not pile up questions. */
  #tell(): Promise<void> {
    this.#telling ??= this.#tellAll().finally(() => (this.#telling = null));
    return this.#telling;
  }

  async #tellAll(): Promise<void> {
    const { overviews, timeOfDay } = this.#deps;
    this.#sendAll("overview", await overviews.take());
    for (const [stream, left] of this.#watchers) {
      if (left === 1) stream.end();
      else this.#watchers.set(stream, left - 1);
    }
    const now = timeOfDay.now();
    const due = Math.floor((now - CUT_MS) / SLICE_MS) * SLICE_MS - SLICE_MS;
    if (due > this.#told) {
      const samples = await this.#samples(this.#told + 1);
      for (const sample of samples.filter(({ at }) => at <= due)) this.#sendAll("sample", sample);
      this.#told = due;
    }
    if (now - this.#keptAliveAt < KEEP_ALIVE_MS) return;
    this.#keptAliveAt = now;
    for (const stream of [...this.#watchers.keys()]) stream.keepAlive();
  }

  async #samples(since: number): Promise<readonly Sample[]> {
    const answers = await this.#deps.rollCall.all(ask({ type: "slices", since }));
    return samplesOf([...answers.values()].flatMap((text) => JSON.parse(text) as readonly Slice[]));
  }

  #sendAll<Name extends keyof LiveEvents>(event: Name, data: LiveEvents[Name]): void {
    const text = JSON.stringify(data);
    const id = `${++this.#number}`;
    for (const stream of [...this.#watchers.keys()]) {
      // One that was gone before it was among them did not say so again.
      if (!stream.send({ event, id, data: text })) this.#watchers.delete(stream);
    }
    if (this.#watchers.size === 0) this.#rest();
  }

  #send<Name extends keyof LiveEvents>(stream: EventStream, event: Name, data: LiveEvents[Name]): void {
    stream.send({ event, id: `${++this.#number}`, data: JSON.stringify(data) });
  }
}
