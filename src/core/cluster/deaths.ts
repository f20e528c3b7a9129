import type { Clock } from "../../ports/clock.ts";
import { BEAT_MS, type Membership } from "./membership.ts";

/** How long nobody is taken for dead after the store was away, in ms: the others have to beat first, too. */
const GRACE_MS = 2 * BEAT_MS + 1_000;

/** How long a node is not dead after it was heard, in ms: what is known of leases may be older than that word. */
const HEARD_MS = BEAT_MS + 1_000;

/**
 * Which nodes are dead for certain. A node that is not live may also be too young for this one to have seen it, or all
 * leases have run out because the store was away.
 */
export class Deaths {
  readonly #membership: Membership;
  readonly #clock: Clock;
  /** Nodes that are known to have lived, and when they were last heard. */
  readonly #seen = new Map<string, number>();
  #graceUntil = 0;

  constructor(membership: Membership, clock: Clock) {
    this.#membership = membership;
    this.#clock = clock;
    membership.onReturn(() => (this.#graceUntil = clock.now() + GRACE_MS));
    membership.onDeath(async (node) => this.#see(node));
  }

  /** Remembers who lives; to be called at least as often as nodes beat. */
  look(): void {
    for (const { id } of this.#membership.live()) this.#see(id);
  }

  /** Something came from this node. */
  heard(node: string): void {
    this.#seen.set(node, this.#clock.now());
  }

  isDead(node: string): boolean {
    const heardAt = this.#seen.get(node);
    if (heardAt === undefined || this.#membership.isLive(node)) return false;
    const now = this.#clock.now();
    return now >= this.#graceUntil && now - heardAt > HEARD_MS;
  }

  #see(node: string): void {
    if (!this.#seen.has(node)) this.#seen.set(node, 0);
  }
}
