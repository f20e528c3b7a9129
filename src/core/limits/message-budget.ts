import type { Clock } from "../../ports/clock.ts";
import type { Quota } from "../../ports/rates.ts";

/**
 * How many messages somebody may send: `limit` at once, which come back evenly over the window. A bucket that fills at a
 * steady rate and that each message takes from: two numbers, however many are sent.
 */
export class MessageBudget {
  readonly #clock: Clock;
  readonly #quota: Quota;
  #left: number;
  #filledAt: number;

  constructor(clock: Clock, quota: Quota) {
    this.#clock = clock;
    this.#quota = quota;
    this.#left = quota.limit;
    this.#filledAt = clock.now();
  }

  /** False if there are none left. `now`: in ms, for whoever has looked already. */
  take(now = this.#clock.now()): boolean {
    this.#fill(now);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** True if a new one would allow no more. */
  isFull(): boolean {
    this.#fill();
    return this.#left >= this.#quota.limit;
  }

  /** Until one may be sent, in ms; 0 while some are left. */
  get retryMs(): number {
    return this.#msUntil(1);
  }

  /** Until all are back, in ms. */
  get resetMs(): number {
    return this.#msUntil(this.#quota.limit);
  }

  #msUntil(there: number): number {
    this.#fill();
    const { limit, windowMs } = this.#quota;
    return Math.max(0, Math.ceil(((there - this.#left) * windowMs) / limit));
  }

  #fill(now = this.#clock.now()): void {
    if (now === this.#filledAt) return;
    const { limit, windowMs } = this.#quota;
    this.#left = Math.min(limit, this.#left + (Math.max(0, now - this.#filledAt) * limit) / windowMs);
    this.#filledAt = now;
  }
}

/** Names without a socket whose budgets are remembered; past them the one that was left first is forgotten. */
const MOST_LEFT = 50_000;

/**
 * Budgets that the sockets of one address, or of one account, share. One outlives the last socket until it is full again,
 * or whoever comes again and again would have a new one each time.
 */
export class SharedBudgets {
  readonly #clock: Clock;
  readonly #quota: Quota;
  readonly #budgets = new Map<string, { readonly budget: MessageBudget; sockets: number }>();
  /** Names without a socket, the one that was left first in front. */
  readonly #left = new Set<string>();
  /** The last of them. */
  #newest: string | null = null;

  constructor(clock: Clock, quota: Quota) {
    this.#clock = clock;
    this.#quota = quota;
  }

  /** To be followed by {@link leave}. */
  enter(name: string): MessageBudget {
    let shared = this.#budgets.get(name);
    if (shared === undefined) {
      shared = { budget: new MessageBudget(this.#clock, this.#quota), sockets: 0 };
      this.#budgets.set(name, shared);
    } else if (shared.sockets === 0) {
      this.#left.delete(name);
      if (this.#newest === name) this.#newest = null;
    }
    shared.sockets++;
    return shared.budget;
  }

  leave(name: string): void {
    const shared = this.#budgets.get(name);
    if (shared !== undefined && --shared.sockets === 0) this.#leaveLast(name);
    this.#forget();
  }

  /** Counts one for somebody who has no socket. Null: it was allowed; else the budget that is used up. */
  takeOnce(name: string): MessageBudget | null {
    let shared = this.#budgets.get(name);
    if (shared === undefined) {
      shared = { budget: new MessageBudget(this.#clock, this.#quota), sockets: 0 };
      this.#budgets.set(name, shared);
    }
    const { budget, sockets } = shared;
    const allowed = budget.take();
    // Where one asks again and again, it is the last already, and whoever is before it was looked at when it became so.
    if (sockets === 0 && this.#newest !== name) {
      this.#leaveLast(name);
      this.#forget();
    }
    return allowed ? null : budget;
  }

  #leaveLast(name: string): void {
    this.#left.delete(name);
    this.#left.add(name);
    this.#newest = name;
  }

  #forget(): void {
    for (const one of this.#left) {
      if (this.#left.size <= MOST_LEFT && !this.#budgets.get(one)!.budget.isFull()) break;
      this.#left.delete(one);
      this.#budgets.delete(one);
      if (this.#newest === one) this.#newest = null;
    }
  }
}
