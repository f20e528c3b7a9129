import type { Clock } from "../../ports/clock.ts";

export interface Rate {
  readonly perSecond: number;
  /** What may come at once after a quiet time. */
  readonly burst: number;
}

/** How many messages somebody may send: a bucket that fills at a steady rate and that each message takes from. */
export class MessageBudget {
  readonly #clock: Clock;
  readonly #rate: Rate;
  #left: number;
  #filledAt: number;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
    this.#left = rate.burst;
    this.#filledAt = clock.now();
  }

  /** False if there are none left. */
  take(): boolean {
    this.#fill();
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** True if a new one would allow no more. */
  isFull(): boolean {
    this.#fill();
    return this.#left >= this.#rate.burst;
  }

  #fill(): void {
    const now = this.#clock.now();
    const { perSecond, burst } = this.#rate;
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#filledAt) * perSecond) / 1000);
    this.#filledAt = now;
  }
}

/** Addresses without a socket whose budgets are remembered; past them the one that was left first is forgotten. */
const MOST_LEFT = 50_000;

/**
 * Budgets that the sockets of one address share. One outlives the last socket until it is full again, or whoever comes
 * again and again would have a new one each time.
 */
export class SharedBudgets {
  readonly #clock: Clock;
  readonly #rate: Rate;
  readonly #budgets = new Map<string, { readonly budget: MessageBudget; sockets: number }>();
  /** Addresses without a socket, the one that was left first in front. */
  readonly #left = new Set<string>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** To be followed by {@link leave}. */
  enter(address: string): MessageBudget {
    const shared = this.#budgets.get(address) ?? { budget: new MessageBudget(this.#clock, this.#rate), sockets: 0 };
    this.#budgets.set(address, shared);
    this.#left.delete(address);
    shared.sockets++;
    return shared.budget;
  }

  leave(address: string): void {
    const shared = this.#budgets.get(address);
    if (shared !== undefined && --shared.sockets === 0) this.#left.add(address);
    for (const one of this.#left) {
      if (this.#left.size <= MOST_LEFT && !this.#budgets.get(one)!.budget.isFull()) break;
      this.#left.delete(one);
      this.#budgets.delete(one);
    }
  }
}
