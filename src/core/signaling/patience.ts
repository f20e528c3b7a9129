import type { Clock } from "../../ports/clock.ts";
import type { Tidings } from "../../ports/mailboxes.ts";
import { Bell } from "./bell.ts";

/** How long somebody is ready to wait. */
export interface Patience {
  /** In ms. */
  readonly waitMs: number;
  /** Aborted when whoever waits has gone away. */
  readonly signal: AbortSignal;
}

export interface Wait<T> {
  /** Null: there is nothing yet. */
  look(): Promise<T | null>;
  readonly patience: Patience;
  readonly clock: Clock;
  watch(tell: (what: Tidings) => void): Promise<() => void>;
  /** Rejects if there is nothing to wait for any more. */
  stillThere(): Promise<void>;
  /** Holds a function for as long as this waits; calling it ends the wait. */
  readonly waits: Set<() => void>;
}

/**
 * Looks, and while there is nothing looks again whenever something was posted, until the time is up or the one who
 * waits has gone. Null: there was nothing to the end.
 */
export async function patiently<T>(wait: Wait<T>): Promise<T | null> {
  const { patience, clock, waits } = wait;
  const bell = new Bell();
  let over = patience.signal.aborted;
  let dropped = false;
  const end = (): void => {
    over = true;
    bell.ring();
  };
  const timer = clock.after(patience.waitMs, end);
  patience.signal.addEventListener("abort", end);
  waits.add(end);
  let unwatch = (): void => undefined;
  try {
    unwatch = await wait.watch((what) => {
      dropped ||= what === "dropped";
      bell.ring();
    });
    // Watching comes before looking, so that nothing can be posted in between and not be seen.
    for (;;) {
      const found = await wait.look();
      if (found !== null) return found;
      if (dropped) {
        dropped = false;
        await wait.stillThere();
      }
      if (over) return null;
      await bell.rung();
    }
  } finally {
    unwatch();
    timer.cancel();
    patience.signal.removeEventListener("abort", end);
    waits.delete(end);
  }
}
