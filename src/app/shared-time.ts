import type { Clock } from "../ports/clock.ts";

/** A clock that goes as another one does, and shows the time that a store has. */
export interface SharedTime {
  readonly clock: Clock;
  /**
   * Takes over the time that `ask` tells, in ms; null: nobody shares it, and nothing changes.
   *
   * @returns by how much that is ahead of the other clock, in ms
   */
  to(ask: () => Promise<number | null>): Promise<number>;
}

/**
 * Nodes whose machines differ on what time it is must agree on who has been silent for how long: one that is an hour
 * ahead would take all hosts of the others for dead.
 */
export function shiftable(clock: Clock): SharedTime {
  let ahead = 0;
  return {
    clock: { ...clock, now: () => clock.now() + ahead },
    async to(ask) {
      const askedAt = clock.now();
      const time = await ask();
      // It was told somewhere between the question and the answer.
      if (time !== null) ahead = time - Math.round((askedAt + clock.now()) / 2);
      return ahead;
    },
  };
}
