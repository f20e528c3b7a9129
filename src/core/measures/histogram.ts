/** What a histogram has counted: how many values, their sum, and how many were at or below each bound. */
export interface Distribution {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** For each bound, how many values were at or below it. */
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** Counts values by size. Counting one takes as long as the bounds are many, and makes nothing new. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds`: ascending, in the unit of the values. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += value;
  }

  read(): Distribution {
    let count = 0;
    const sums = this.#counts.map((one) => (count += one));
    return { bounds: this.#bounds, atMost: sums.slice(0, -1), count, sum: this.#sum };
  }
}

/** Bounds for how long somebody waits for somebody else, in seconds. */
export const WAIT_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800] as const;

/** Bounds for how long a store or another node takes, in seconds. */
export const STEP_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
] as const;
