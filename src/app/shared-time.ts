import type { Clock } from "../ports/clock.ts";

/** A clock that goes as another one does, and shows the time that a store has. */
export interface SharedTime {
  readonly clock: Clock;
  /**
   * Takes over the time that `ask` tells, in ms; null: nobody shares it, and nothing changes. Once it was told, what is off
   * by less than a second, or by less than what the answer may be off itself, is left as it is: it would only make the
   * clock jump.
   *
   * @returns by how much that is ahead of the other clock, in ms
   */
  to(ask: () => Promise<number | null>): Promise<number>;
}

const SMALL_MS = 1_000;

/**
 * Nodes whose machines differ on what time it is must agree on who has been silent for how long: one that is an hour
 * ahead would take all hosts of the others for dead.
 */
export function shiftable(clock: Clock): SharedTime {
  let ahead = 0;
  let isTold = false;
  return {
    clock: { ...clock, now: () => clock.now() + ahead },
    async to(ask) {
      const askedAt = clock.now();
      const time = await ask();
      if (time === null) return ahead;
      // It was told somewhere between the question and the answer.
      const half = (clock.now() - askedAt) / 2;
      const found = time - Math.round(askedAt + half);
      if (!isTold || Math.abs(found - ahead) >= Math.max(SMALL_MS, half)) ahead = found;
      isTold = true;
      return ahead;
    },
  };
}
