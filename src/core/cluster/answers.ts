/** How many answers to one node are kept, and how long they may be together, in UTF-16 units. */
const MOST_ANSWERS = 20_000;
const MOST_UNITS = 8 * 1024 * 1024;

/** Answers that were given, by number, for the case that they get lost on the way. Past the limits the oldest go. */
export class Answers {
  readonly #kept = new Map<number, { readonly text: string; readonly until: number }>();
  #units = 0;
  #floor = 0;

  get(number: number): string | undefined {
    return this.#kept.get(number)?.text;
  }

  /** Nobody waits for it after `until`, in ms. */
  keep(number: number, text: string, until: number): void {
    this.#kept.set(number, { text, until });
    this.#units += text.length;
    for (const oldest of this.#kept.keys()) {
      const isTooMuch = this.#kept.size > MOST_ANSWERS || this.#units > MOST_UNITS;
      if (!isTooMuch || oldest === number) break;
      this.#forget(oldest);
    }
  }

  forgetBelow(floor: number): void {
    // Counting up is the shorter way unless the floor has leapt.
    if (floor - this.#floor > this.#kept.size) {
      for (const number of this.#kept.keys()) if (number < floor) this.#forget(number);
    } else for (let number = this.#floor; number < floor; number++) this.#forget(number);
    this.#floor = floor;
  }

  /** Forgets what nobody waits for any more, as far as it is in order. */
  sweep(now: number): void {
    for (const [number, { until }] of this.#kept) {
      if (until > now) break;
      this.#forget(number);
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#units = 0;
    this.#floor = 0;
  }

  #forget(number: number): void {
    const answer = this.#kept.get(number);
    if (answer === undefined) return;
    this.#kept.delete(number);
    this.#units -= answer.text.length;
  }
}
