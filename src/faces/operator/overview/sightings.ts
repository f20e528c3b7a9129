import type { Membership } from "../../../core/cluster/membership.ts";
import type { Clock } from "../../../ports/clock.ts";

/** How long a node that is gone is shown, in ms. */
const GONE_MS = 10 * 60_000;

/** A node that was there lately. */
export interface Sighting {
  readonly id: string;
  /** When it was last heard of, in ms. */
  readonly seenAt: number;
}

/** Which nodes were there lately. Noted whether somebody looks or not, so that whoever looks later learns who has gone. */
export class Sightings {
  readonly #membership: Pick<Membership, "live" | "node">;
  readonly #clock: Pick<Clock, "now">;
  readonly #seen = new Map<string, number>();

  constructor(membership: Pick<Membership, "live" | "node">, timeOfDay: Pick<Clock, "now">) {
    this.#membership = membership;
    this.#clock = timeOfDay;
  }

  /** Notes who lives; `answered`: those that have just said something, whatever is known of their leases. */
  note(answered: readonly string[] = []): void {
    const now = this.#clock.now();
    for (const id of [...this.#live(), ...answered]) this.#seen.set(id, now);
    for (const [id, at] of this.#seen) if (now - at >= GONE_MS) this.#seen.delete(id);
  }

  /** Those that live, and those that are gone. */
  all(): readonly Sighting[] {
    return [...this.#seen].map(([id, seenAt]) => ({ id, seenAt }));
  }

  /** Those that live no more. */
  gone(): readonly Sighting[] {
    const live = this.#live();
    return this.all().filter(({ id }) => !live.has(id));
  }

  #live(): ReadonlySet<string> {
    return new Set([this.#membership.node, ...this.#membership.live().map(({ id }) => id)]);
  }
}
