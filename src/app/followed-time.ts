import type { Clock, Timer } from "../ports/clock.ts";
import { shiftable } from "./shared-time.ts";

/** How often a store is asked for its time, in ms, and how soon again after one that did not answer. */
const ASK_MS = 10_000;
const RETRY_MS = 1_000;

/** By how much the clock of this machine may be off without a word, in ms. */
const TOO_FAR_MS = 5_000;

export interface FollowedTimeDeps {
  /** Goes on while nobody answers. */
  readonly clock: Clock;
  /** The time of all who share a store, in ms since the epoch; null: nobody does. */
  ask(): Promise<number | null>;
  /** The clock of this machine is far from it, by so many ms; said once for each time that it changes. */
  differs(aheadMs: number): void;
}

/**
 * The time of a store, asked for again and again: its clock may be put right, and this machine may be suspended, in which
 * the clock that everything is measured by stands still.
 */
export class FollowedTime {
  readonly clock: Clock;
  readonly #deps: FollowedTimeDeps;
  readonly #to: ReturnType<typeof shiftable>["to"];
  #ahead = 0;
  #next: Timer | null = null;
  #isStopped = false;

  constructor(deps: FollowedTimeDeps) {
    this.#deps = deps;
    ({ clock: this.clock, to: this.#to } = shiftable(deps.clock));
  }

  /** Asks now. @throws {StoreUnavailable} */
  async ask(): Promise<void> {
    const ahead = await this.#to(() => this.#deps.ask());
    if (ahead !== this.#ahead && Math.abs(ahead) > TOO_FAR_MS) this.#deps.differs(ahead);
    this.#ahead = ahead;
  }

  /** Asks from time to time from now on; that a store is away is for others to find. */
  start(): void {
    if (this.#isStopped) return;
    this.#next ??= this.#deps.clock.after(ASK_MS, () => void this.#again());
  }

  stop(): void {
    this.#isStopped = true;
    this.#next?.cancel();
  }

  async #again(): Promise<void> {
    const wait = await this.ask().then(
      () => ASK_MS,
      () => RETRY_MS,
    );
    if (!this.#isStopped) this.#next = this.#deps.clock.after(wait, () => void this.#again());
  }
}
