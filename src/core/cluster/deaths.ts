import type { Clock } from "../../ports/clock.ts";
import { BEAT_MS } from "./membership.ts";

/** How long a node is not dead after it was heard, in ms: what is known of leases may be older than that word. */
export const HEARD_MS = BEAT_MS + 1_000;

/** How long a dead node is remembered, in ms: longer than the store keeps anything that names it. */
export const REMEMBERED_MS = 600_000;

/** Which nodes have died, of those that are known to have lived. */
export class Deaths {
  readonly #clock: Clock;
  #living: ReadonlySet<string> = new Set();
  readonly #heardAt = new Map<string, number>();
  readonly #diedAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers who lives now; whoever did before has died. */
  look(living: ReadonlySet<string>): void {
    const now = this.#clock.now();
    for (const node of this.#living) if (!living.has(node)) this.died(node);
    for (const node of living) this.#diedAt.delete(node);
    this.#living = living;
    for (const [node, at] of this.#heardAt) {
      if (now - at <= HEARD_MS) continue;
      this.#heardAt.delete(node);
      if (!living.has(node)) this.died(node);
    }
    for (const [node, at] of this.#diedAt) if (now - at >= REMEMBERED_MS) this.#diedAt.delete(node);
  }

  heard(node: string): void {
    this.#heardAt.set(node, this.#clock.now());
  }

  died(node: string): void {
    if (!this.#diedAt.has(node)) this.#diedAt.set(node, this.#clock.now());
  }

  isDead(node: string): boolean {
    return this.#diedAt.has(node) && this.#clock.now() - (this.#heardAt.get(node) ?? -Infinity) > HEARD_MS;
  }
}
