import type { Clock, Timer } from "../../ports/clock.ts";

/** Ends things at their time: sockets whose tokens end, strangers who never said who they are. */
export interface Expiries {
  /**
   * Calls `end` once `when` (in ms) has come, within a second of it; null: never. The function that comes back takes
   * that back.
   */
  at(when: number | null, end: () => void): () => void;
  /** The same, `ms` from now. */
  after(ms: number, end: () => void): () => void;
}

/** For where nothing ends. */
export const noExpiries: Expiries = { at: () => () => undefined, after: () => () => undefined };

/** How often to look, in ms. */
const TICK_MS = 1_000;

/**
 * One timer for all that end at a time, which runs while there are any.
 *
 * @param clock the time of day, which tokens go by
 * @param failed hears what an `end` throws
 */
export function createExpiries(clock: Clock, failed: (error: unknown) => void): Expiries {
  const bySecond = new Map<number, Set<() => void>>();
  let ticking: Timer | null = null;

  const run = (ends: Iterable<() => void>): void => {
    for (const end of ends) {
      try {
        end();
      } catch (error) {
        failed(error);
      }
    }
  };
  const tick = (): void => {
    const now = clock.now() / TICK_MS;
    const due = [...bySecond].filter(([second]) => second <= now);
    for (const [second] of due) bySecond.delete(second);
    for (const [, ends] of due) run(ends);
    if (bySecond.size > 0) return;
    ticking?.cancel();
    ticking = null;
  };
  const at = (when: number | null, end: () => void): (() => void) => {
    if (when === null) return () => undefined;
    const second = Math.ceil(when / TICK_MS);
    const own = () => end();
    const ends = bySecond.get(second) ?? new Set();
    bySecond.set(second, ends.add(own));
    ticking ??= clock.every(TICK_MS, tick);
    return () => {
      // Once this second has been run, others may stand under it that came later.
      if (ends.delete(own) && ends.size === 0 && bySecond.get(second) === ends) bySecond.delete(second);
    };
  };
  // By its own timer: unlike the end of a token, a span of time does not move when somebody sets the clock.
  const after = (ms: number, end: () => void): (() => void) => {
    const timer = clock.after(ms, () => run([end]));
    return () => timer.cancel();
  };
  return { at, after };
}
