import type { Batch, Streams } from "../../ports/streams.ts";
import { eventOf, type StreamEvent } from "./events.ts";

/** What comes at once. */
export interface Heard {
  readonly events: readonly StreamEvent[];
  /** The match has ended; nothing more comes. */
  readonly hasEnded: boolean;
}

/** Must not throw and must not wait. */
export type Hear = (heard: Heard) => void;

/** A stream that is followed for somebody. */
export interface Joined {
  /** What remains of all that was heard so far, for one who comes later; null: nothing. */
  remains(): Heard | null;
  leave(): void;
}

/** Follows each stream once on this node, for all who want to hear it. */
export class StreamHub {
  readonly #streams: Streams;
  readonly #followed = new Map<string, Followed>();

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** How many streams are followed. */
  get size(): number {
    return this.#followed.size;
  }

  /**
   * Brings what remains, then everything as it comes: no gap between, and nothing twice. Resolves once the stream is
   * followed.
   *
   * @throws {StoreUnavailable}
   */
  async join(id: string, hear: Hear): Promise<Joined> {
    const followed = this.#followed.get(id) ?? this.#follow(id);
    followed.add(hear);
    const leave = (): void => {
      if (!followed.remove(hear) || followed.isHeard) return;
      this.#followed.delete(id);
      followed.isOver = true;
      followed.begun.then(
        (end) => end(),
        () => undefined,
      );
    };
    try {
      await followed.begun;
    } catch (error) {
      leave();
      throw error;
    }
    return { remains: () => followed.remains(), leave };
  }

  #follow(id: string): Followed {
    const followed: Followed = new Followed((hear) => this.#streams.follow(id, hear));
    this.#followed.set(id, followed);
    return followed;
  }
}

class Followed {
  readonly begun: Promise<() => void>;
  isOver = false;
  readonly #hears = new Set<Hear>();
  #kept: readonly StreamEvent[] = [];
  /** The newest frame, and how many of the kept came before it. */
  #newest: { readonly frame: StreamEvent; readonly place: number } | null = null;
  #hasEnded = false;

  constructor(follow: (hear: (batch: Batch) => void) => Promise<() => void>) {
    this.begun = follow((batch) => this.#take(batch));
  }

  get isHeard(): boolean {
    return this.#hears.size > 0;
  }

  add(hear: Hear): void {
    const remaining = this.remains();
    if (remaining !== null) hear(remaining);
    this.#hears.add(hear);
  }

  remains(): Heard | null {
    const events = [...this.#kept];
    if (this.#newest !== null) events.splice(this.#newest.place, 0, this.#newest.frame);
    return events.length === 0 ? null : { events, hasEnded: this.#hasEnded };
  }

  remove(hear: Hear): boolean {
    return this.#hears.delete(hear);
  }

  #take({ items, hasEnded }: Batch): void {
    if (this.isOver) return;
    const events: StreamEvent[] = [];
    for (const event of items.map(eventOf)) {
      if (event.kind === "frame") this.#newest = { frame: event, place: this.#kept.length };
      // The store had lost the stream, and got it again out of the replay.
      else if (this.#kept.some((one) => isSame(one, event))) continue;
      // A start after another: the store had lost the stream, and it begins anew.
      else if (event.kind === "match_start") [this.#kept, this.#newest] = [[event], null];
      else this.#kept = [...this.#kept, event];
      events.push(event);
    }
    this.#hasEnded = hasEnded;
    if (events.length === 0) return;
    const heard = { events, hasEnded };
    for (const hear of [...this.#hears]) hear(heard);
  }
}

function isSame(one: StreamEvent, other: StreamEvent): boolean {
  return one.kind === other.kind && one.number === other.number && one.text === other.text;
}
