import { DueLine } from "./due-line.ts";

export interface KeptAllocation {
  readonly epoch: number;
  /** When it lapses, in ms. */
  readonly until: number;
}

/** Allocations whose leases have expired before them, by id: whoever has such a one may still come, and nobody else. */
export class KeptAllocations {
  readonly #kept = new Map<string, KeptAllocation>();
  readonly #lapses = new DueLine<string>();

  keep(id: string, allocation: KeptAllocation): void {
    this.#kept.set(id, allocation);
    this.#lapses.add(id, allocation.until);
  }

  /** The one that goes on at `now` (ms), and is kept no longer; null if there is none. */
  take(id: string, now: number): KeptAllocation | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    this.#kept.delete(id);
    return kept.until > now ? kept : null;
  }

  /** False if the allocation that goes on, if any does, is another one. */
  release(id: string, epoch: number, now: number): boolean {
    return this.#kept.get(id)?.epoch === epoch && this.take(id, now) !== null;
  }

  /** Forgets those that have lapsed. */
  settle(now: number): void {
    for (let id = this.#lapses.take(now); id !== undefined; id = this.#lapses.take(now)) {
      const kept = this.#kept.get(id);
      if (kept !== undefined && kept.until <= now) this.#kept.delete(id);
    }
  }
}
