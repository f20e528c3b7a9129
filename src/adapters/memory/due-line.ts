import { DueHeap } from "./due-heap.ts";

/** What has been taken out is let go of once there is at least so much of it, and it is half of the line. */
const MOST_TAKEN = 1_024;

/**
 * Things by when they fall due, of which nearly all wait equally long. What is added in the order of its time stands in a
 * line, which is read as it was written and makes nothing for each; what would be out of turn there stands in a heap.
 * A hint, not the truth, as {@link DueHeap} is.
 */
export class DueLine<What> {
  readonly #whats: (What | undefined)[] = [];
  /** When each of them is due, in ms. */
  readonly #times: number[] = [];
  /** How many at the beginning of the line have been taken out. */
  #taken = 0;
  readonly #outOfTurn = new DueHeap<What>();

  /** `at` in ms. */
  add(what: What, at: number): void {
    const times = this.#times;
    if (times.length > 0 && at < times[times.length - 1]!) {
      this.#outOfTurn.add(what, at);
      return;
    }
    times.push(at);
    this.#whats.push(what);
  }

  /** Takes out one that is due at `now` (ms); undefined when none is. */
  take(now: number): What | undefined {
    const at = this.#taken;
    if (at === this.#times.length || this.#times[at]! > now) return this.#outOfTurn.take(now)?.what;
    const what = this.#whats[at];
    this.#whats[at] = undefined;
    this.#taken++;
    if (this.#taken >= MOST_TAKEN && this.#taken * 2 >= this.#times.length) this.#close();
    return what;
  }

  /** Those behind move up into the place of those that have been taken out. */
  #close(): void {
    for (const part of [this.#times, this.#whats]) {
      part.copyWithin(0, this.#taken);
      part.length -= this.#taken;
    }
    this.#taken = 0;
  }
}
