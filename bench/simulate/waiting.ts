/** How long one step of the simulation is, in ms. */
export const STEP_MS = 10;

/** Attempts that are told apart: the bound of the backoff has stopped growing by then. */
export const LEVELS = 9;

/** Clients by how often they have tried in vain. */
export type ByLevel = Int32Array;

export const nobody = (): ByLevel => new Int32Array(LEVELS);

export const countOf = (clients: ByLevel): number => clients.reduce((sum, one) => sum + one, 0);

/** Takes at most so many away, of each kind its part. */
export function takeSome(clients: ByLevel, most: number): ByLevel {
  const all = countOf(clients);
  const share = all === 0 ? 0 : Math.min(1, most / all);
  const taken = clients.map((some) => Math.floor(some * share));
  let left = Math.min(all, Math.floor(most)) - countOf(taken);
  for (let level = 0; left > 0 && level < LEVELS; level++) {
    const more = Math.min(left, clients[level]! - taken[level]!);
    taken[level]! += more;
    left -= more;
  }
  clients.forEach((some, level) => (clients[level] = some - taken[level]!));
  return taken;
}

/** Clients that each wait for a moment of their own, by that moment. */
export class Waiting {
  readonly #slots: ByLevel[];
  #count = 0;

  /** @param longestMs nobody waits longer */
  constructor(longestMs: number) {
    this.#slots = Array.from({ length: Math.ceil(longestMs / STEP_MS) + 2 }, nobody);
  }

  get count(): number {
    return this.#count;
  }

  /** They wait until this step. */
  put(step: number, level: number, clients: number): void {
    const slot = this.#slots[step % this.#slots.length]!;
    slot[level] = slot[level]! + clients;
    this.#count += clients;
  }

  /**
   * Each waits for any part of a bound. As many for each step as for any other, and by chance where they cannot be
   * shared out evenly.
   */
  scatter(step: number, withinMs: number, level: number, clients: number, chance: () => number): void {
    const slots = Math.max(1, Math.round(withinMs / STEP_MS));
    const even = Math.floor(clients / slots);
    if (even > 0) for (let at = 0; at < slots; at++) this.put(step + 1 + at, level, even);
    for (let left = clients - even * slots; left > 0; left--) {
      this.put(step + 1 + Math.floor(chance() * slots), level, 1);
    }
  }

  /** Those whose moment this step is. */
  take(step: number): ByLevel {
    const at = step % this.#slots.length;
    const due = this.#slots[at]!;
    this.#slots[at] = nobody();
    this.#count -= countOf(due);
    return due;
  }
}
