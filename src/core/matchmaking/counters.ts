import { Histogram, WAIT_SECONDS } from "../measures/histogram.ts";
import type { Member } from "./member.ts";
import type { PairingListener, PairingTotals } from "./types.ts";

/** What the service of a queue has done on this node, in numbers. */
export class PairingCounters {
  /** Matches made by a step of this node. */
  matched = 0;
  readonly relays = { delivered: 0, unreachable: 0, refused: 0 };
  readonly #tickets = { formed: 0, matched: 0, cancelled: 0, expired: 0 };
  readonly #waits = new Histogram(WAIT_SECONDS);
  readonly #listener: Pick<PairingListener, "waited">;

  constructor(listener: Pick<PairingListener, "waited">) {
    this.#listener = listener;
  }

  /** The member wants somebody from now on, in ms, unless it does so already. */
  wants(member: Member, now: number): void {
    if (member.wantsSince !== null) return;
    member.wantsSince = now;
    this.#tickets.formed++;
  }

  found(member: Member, now: number): void {
    if (member.wantsSince === null) return;
    const ms = now - member.wantsSince;
    member.wantsSince = null;
    this.#waits.observe(ms / 1_000);
    this.#tickets.matched++;
    this.#listener.waited?.(member.wish, ms);
  }

  gaveUp(member: Member): void {
    if (member.wantsSince === null) return;
    member.wantsSince = null;
    this.#tickets.cancelled++;
    this.#listener.waited?.(member.wish, null);
  }

  /** A ticket was taken out whose owner is gone, such as one of a node that has died. */
  cleared(): void {
    this.#tickets.expired++;
  }

  totals(): PairingTotals {
    return {
      matched: this.matched,
      relayed: this.relays.delivered,
      tickets: { ...this.#tickets },
      waits: this.#waits.read(),
      relays: { ...this.relays },
    };
  }
}
