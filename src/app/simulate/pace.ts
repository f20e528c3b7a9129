import { pause } from "./pause.ts";

/** Lets frames go by at their rate, however late single ones are. */
export class Pace {
  readonly #frameMs: number;
  readonly #signal: AbortSignal;
  #due = performance.now();
  #frames = 0;

  constructor(rate: number, signal: AbortSignal) {
    this.#frameMs = 1000 / rate;
    this.#signal = signal;
  }

  get seconds(): number {
    return (this.#frames * this.#frameMs) / 1000;
  }

  async next(): Promise<void> {
    this.#frames++;
    this.#due += this.#frameMs;
    const now = performance.now();
    // After a machine has slept, it goes on from here instead of making up for it.
    if (now - this.#due > 1_000) this.#due = now;
    // Timers are too coarse for single frames: they are let go in small groups.
    if (this.#due - now >= 4) await pause(this.#due - now, this.#signal);
  }
}
