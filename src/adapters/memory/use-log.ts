import type { Quota, Use } from "../../ports/rates.ts";

/** When one key was used, as far back as its window reaches. */
export class UseLog {
  #times: number[] = [];
  /** Where in `#times` the oldest one begins that still counts. */
  #first = 0;
  #overAt = 0;

  get size(): number {
    return this.#times.length - this.#first;
  }

  /** True once no use counts any more. */
  isOver(now: number): boolean {
    return this.#overAt <= now;
  }

  take(now: number, { limit, windowMs }: Quota): Use {
    while (this.#first < this.#times.length && this.#times[this.#first]! + windowMs <= now) this.#first++;
    // Moves the rest down once half is stale: each use is moved once on average.
    if (this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    const allowed = this.size < limit;
    if (allowed) this.#times.push(now);
    const oldest = this.#times[this.#times.length - Math.min(limit, this.size)]!;
    this.#overAt = this.#times.at(-1)! + windowMs;
    return {
      allowed,
      remaining: Math.max(0, limit - this.size),
      resetMs: this.#overAt - now,
      retryMs: this.size < limit ? 0 : oldest + windowMs - now,
    };
  }
}
