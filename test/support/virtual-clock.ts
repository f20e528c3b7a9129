import type { Clock, Timer } from "../../src/ports/clock.ts";

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves time forward, firing each timer at its own moment, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
}

interface Due {
  at: number;
  readonly order: number;
  readonly every: number | null;
  readonly run: () => void;
}

/** Time begins at `start` ms since the epoch. */
export function createVirtualClock(start = 1_750_000_000_000): VirtualClock {
  let now = start;
  let order = 0;
  const pending = new Set<Due>();

  const schedule = (ms: number, run: () => void, every: number | null): Timer => {
    const due: Due = { at: now + Math.max(0, ms), order: order++, every, run };
    pending.add(due);
    return { cancel: () => pending.delete(due) };
  };

  const next = (until: number): Due | undefined =>
    [...pending].filter((due) => due.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];

  return {
    now: () => now,
    after: (ms, run) => schedule(ms, run, null),
    every: (ms, run) => schedule(ms, run, ms),
    async advance(ms) {
      const until = now + ms;
      for (let due = next(until); due !== undefined; due = next(until)) {
        now = Math.max(now, due.at);
        if (due.every === null) pending.delete(due);
        else due.at += due.every;
        due.run();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}

/** Lets everything that is only waiting for promises run on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
