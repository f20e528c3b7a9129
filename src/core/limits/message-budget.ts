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
    const now = this.#clock.now();
    const { perSecond, burst } = this.#rate;
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#filledAt) * perSecond) / 1000);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

/** Budgets that the sockets of one address share, for as long as one of them is open. */
export class SharedBudgets {
  readonly #clock: Clock;
  readonly #rate: Rate;
  readonly #budgets = new Map<string, { readonly budget: MessageBudget; sockets: number }>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** To be followed by {@link leave}. */
  enter(address: string): MessageBudget {
    const shared = this.#budgets.get(address) ?? { budget: new MessageBudget(this.#clock, this.#rate), sockets: 0 };
    this.#budgets.set(address, shared);
    shared.sockets++;
    return shared.budget;
  }

  leave(address: string): void {
    const shared = this.#budgets.get(address);
    if (shared !== undefined && --shared.sockets === 0) this.#budgets.delete(address);
  }
}
