import type { Clock, Timer } from "../../ports/clock.ts";

/** How often a turn of the loop is asked for, and how long what came of it counts, in ms. */
const TICK_MS = 100;
const WINDOW_MS = 1_000;

/** How long the event loop keeps work waiting: by how much a timer comes late. */
export class LoopDelay {
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #last = 0;
  #began = 0;
  #current = 0;
  #former = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.#last = this.#began = this.#clock.now();
    this.#timer = this.#clock.every(TICK_MS, () => this.#tick());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** The longest within the last second or two, in ms. */
  worst(): number {
    return Math.max(this.#current, this.#former);
  }

  #tick(): void {
    const now = this.#clock.now();
    if (now - this.#began >= WINDOW_MS) {
      this.#former = this.#current;
      this.#current = 0;
      this.#began = now;
    }
    this.#current = Math.max(this.#current, now - this.#last - TICK_MS, 0);
    this.#last = now;
  }
}
