import type { Clock } from "../../ports/clock.ts";

/** How far back it looks, in ms, and how many of each it remembers; the oldest go first. */
const WINDOW_MS = 15 * 60_000;
const MOST = 2_000;

/** How one queue did on this node lately. */
export interface Waited {
  /** How long each who was matched had waited, in ms. */
  readonly waits: readonly number[];
  readonly formed: number;
  /** Tickets that ended without a match. */
  readonly expired: number;
}

/** How long tickets waited, and what became of them, within the last 15 minutes. */
export class Waits {
  readonly #clock: Pick<Clock, "now">;
  #waits: { readonly at: number; readonly ms: number }[] = [];
  #formed: { readonly at: number }[] = [];
  #expired: { readonly at: number }[] = [];

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Somebody who had waited for so long was matched. */
  matched(ms: number): void {
    this.#waits = this.#with(this.#waits, { at: this.#clock.now(), ms: Math.max(0, ms) });
  }

  /** A match was made. */
  formed(): void {
    this.#formed = this.#with(this.#formed, { at: this.#clock.now() });
  }

  expired(): void {
    this.#expired = this.#with(this.#expired, { at: this.#clock.now() });
  }

  read(): Waited {
    const since = this.#clock.now() - WINDOW_MS;
    const recent = <Kind extends { readonly at: number }>(all: readonly Kind[]) => all.filter(({ at }) => at > since);
    return {
      waits: recent(this.#waits).map(({ ms }) => ms),
      formed: recent(this.#formed).length,
      expired: recent(this.#expired).length,
    };
  }

  /** Cut in large bites, so that one more costs next to nothing. */
  #with<Kind>(all: Kind[], one: Kind): Kind[] {
    all.push(one);
    return all.length > 2 * MOST ? all.slice(-MOST) : all;
  }
}
