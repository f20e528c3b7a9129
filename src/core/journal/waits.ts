import type { Clock } from "../../ports/clock.ts";

/** How far back it looks, in ms, and how many of each it remembers; the oldest go first. */
const WINDOW_MS = 15 * 60_000;
const MOST = 2_000;

/** How one queue did on this node lately. */
export interface Waited {
  /** How long each who was matched had waited, in ms. */
  readonly waits: readonly number[];
  readonly formed: number;
  /** Tickets that ended without a match. */
  readonly expired: number;
}

/** How long tickets waited, and what became of them, within the last 15 minutes. */
export class Waits {
  readonly #clock: Pick<Clock, "now">;
  readonly #matched = new Moments();
  readonly #formed = new Moments();
  readonly #expired = new Moments();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Somebody who had waited for so long was matched. */
  matched(ms: number): void {
    this.#matched.add(this.#clock.now(), Math.max(0, ms));
  }

  /** A match was made. */
  formed(): void {
    this.#formed.add(this.#clock.now(), 0);
  }

  expired(): void {
    this.#expired.add(this.#clock.now(), 0);
  }

  read(): Waited {
    const since = this.#clock.now() - WINDOW_MS;
    const [matched, formed, expired] = [this.#matched, this.#formed, this.#expired].map((one) => one.after(since));
    return { waits: matched!, formed: formed!.length, expired: expired!.length };
  }
}

/** What happened when, and a number of each. Plain numbers: thousands of objects would be gone through for each collection. */
class Moments {
  #times: number[] = [];
  #values: number[] = [];

  /** `at` in ms. */
  add(at: number, value: number): void {
    this.#times.push(at);
    this.#values.push(value);
    if (this.#times.length <= 2 * MOST) return;
    // Cut in large bites, so that one more costs next to nothing.
    this.#times = this.#times.slice(-MOST);
    this.#values = this.#values.slice(-MOST);
  }

  /** The numbers of what happened after that, oldest first. */
  after(time: number): number[] {
    return this.#values.filter((_, at) => this.#times[at]! > time);
  }
}
