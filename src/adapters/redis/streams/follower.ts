import type { Bus, Subscription } from "../../../ports/bus.ts";
import type { Clock, Timer } from "../../../ports/clock.ts";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { Batch } from "../../../ports/streams.ts";

/** What one append took, as the bus carries it. */
export interface Live extends Batch {
  readonly position: number;
  /** The position of the append before it; 0: the stream begins with it. */
  readonly previous: number;
}

/** What remains, each item with the position of its append. */
export interface Head extends Batch {
  readonly position: number;
  readonly items: readonly (Batch["items"][number] & { readonly position: number })[];
}

/**
 * How long messages may be under way, in ms: two nodes' may cross, and what was just appended is read before its message
 * has come. Only what has not come by then counts as missed.
 */
export const UNDER_WAY_MS = 1_000;

/** Messages held at once; more are thrown away, and what remains of them is read. */
const MOST_HELD = 256;

/** How often to look whether anything was missed, in ms. */
const LOOK_MS = 5_000;

/** How long a subscription may take, in ms. */
const BEGIN_MS = 4_000;

/** Brings one stream to one who follows: what remains, then what the bus tells, put in order, without gap or double. */
export class Follower {
  readonly #deps: {
    readonly clock: Clock;
    read(): Promise<Head | null>;
    hear(batch: Batch): void;
  };
  /** By the position they follow. */
  readonly #held = new Map<number, Live>();
  /** Up to where everything was brought. */
  #position = 0;
  #hasBegun = false;
  #isChecking = false;
  #isOver = false;
  #ends: (() => void)[] = [];
  #wait: Timer | null = null;

  constructor(deps: { readonly clock: Clock; read(): Promise<Head | null>; hear(batch: Batch): void }) {
    this.#deps = deps;
  }

  /** @throws {StoreUnavailable} */
  async start(bus: Bus, channel: string): Promise<void> {
    const { clock } = this.#deps;
    const subscription = bus.subscribe(channel, (text) => this.#take(JSON.parse(text) as Live));
    this.#ends = [() => subscription.end(), bus.onGap(() => void this.#check())];
    try {
      await this.#begun(subscription);
      this.#bring(await this.#deps.read());
    } catch (error) {
      this.end();
      throw error;
    }
    const looking = clock.every(LOOK_MS, () => void this.#check());
    this.#ends.push(() => looking.cancel());
    this.#hasBegun = true;
    this.#drain();
  }

  end(): void {
    this.#isOver = true;
    this.#held.clear();
    this.#wait?.cancel();
    for (const end of this.#ends) end();
  }

  #begun({ inForce }: Subscription): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = new StoreUnavailable(new Error(`no subscription within ${BEGIN_MS} ms`));
      const timer = this.#deps.clock.after(BEGIN_MS, () => reject(late));
      void inForce.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #take(live: Live): void {
    if (this.#isOver) return;
    this.#held.set(live.previous, live);
    if (this.#held.size > MOST_HELD) this.#held.clear();
    if (this.#hasBegun) this.#drain();
  }

  /** Brings what is held, as far as nothing is missing before it. */
  #drain(): void {
    for (;;) {
      const next = this.#held.get(this.#position) ?? this.#held.get(0);
      if (next === undefined) break;
      this.#held.delete(next.previous);
      if (next.position <= this.#position) continue;
      this.#position = next.position;
      this.#deps.hear({ items: next.items, hasEnded: next.hasEnded });
      if (this.#isOver) return;
    }
    for (const [previous, { position }] of this.#held) if (position <= this.#position) this.#held.delete(previous);
    if (this.#held.size > 0) void this.#check();
  }

  /**
   * Reads what remains, and brings it if the messages up to there have not come when they must have. It is not read
   * again then: what was appended since may still be under way.
   */
  async #check(): Promise<void> {
    if (this.#isChecking || this.#isOver || !this.#hasBegun) return;
    this.#isChecking = true;
    let before = [...this.#held];
    const head = await this.#deps.read().catch(() => {
      // The store is away, which others notice and say; a later look brings what was missed.
      before = [];
      return null;
    });
    if (this.#isOver) return;
    this.#wait = this.#deps.clock.after(UNDER_WAY_MS, () => {
      this.#bring(head);
      // Had these still anything before them, it would have been there to read.
      for (const [previous, live] of before) if (this.#held.get(previous) === live) this.#held.delete(previous);
      this.#isChecking = false;
      if (!this.#isOver) this.#drain();
    });
  }

  #bring(head: Head | null): void {
    if (this.#isOver || head === null || head.position <= this.#position) return;
    const items = head.items.filter(({ position }) => position > this.#position);
    this.#position = head.position;
    this.#deps.hear({ items: items.map(({ kind, content }) => ({ kind, content })), hasEnded: head.hasEnded });
  }
}
