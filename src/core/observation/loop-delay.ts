import type { Clock, Timer } from "../../ports/clock.ts";
import { Histogram, type Distribution } from "../measures/histogram.ts";

/** How often a turn of the loop is asked for, and how long what came of it counts for the worst, in ms. */
const TICK_MS = 50;
const WINDOW_MS = 1_000;

/** In seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How long the event loop keeps work waiting: by how much a timer comes late. */
export class LoopDelay {
  readonly #clock: Clock;
  readonly #delays = new Histogram(BOUNDS);
  #timer: Timer | null = null;
  #last = 0;
  #began = 0;
  #current = 0;
  #former = 0;

  /** The clock should know parts of a ms. */
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
    return Math.round(Math.max(this.#current, this.#former));
  }

  /** All since the start, in seconds. */
  all(): Distribution {
    return this.#delays.read();
  }

  #tick(): void {
    const now = this.#clock.now();
    const late = Math.max(now - this.#last - TICK_MS, 0);
    this.#delays.observe(late / 1_000);
    if (now - this.#began >= WINDOW_MS) {
      this.#former = this.#current;
      this.#current = 0;
      this.#began = now;
    }
    this.#current = Math.max(this.#current, late);
    this.#last = now;
  }
}
