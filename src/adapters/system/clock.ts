import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Timer } from "../../ports/clock.ts";

/**
 * What a timer does is done for nobody: one that was set while a request was served, and goes on for as long as the
 * process does, would otherwise say for ever that it is done for that request.
 */
const forNobody = AsyncLocalStorage.snapshot();

/** The longest that the runtime can wait, in ms, which is 25 days; what is due later it would do at once. */
const LONGEST_MS = 2 ** 31 - 1;

const timers: Omit<Clock, "now"> = {
  after(ms, run): Timer {
    if (ms > LONGEST_MS) return farAfter(ms, run);
    // A time that is past already is now; the runtime would say so on standard error.
    const handle = setTimeout(() => forNobody(run), Math.max(0, ms));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(ms, run): Timer {
    const handle = setInterval(() => forNobody(run), ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

/** Waits as often as it takes. */
function farAfter(ms: number, run: () => void): Timer {
  let timer = timers.after(LONGEST_MS, () => (timer = timers.after(ms - LONGEST_MS, run)));
  return { cancel: () => timer.cancel() };
}

/** The time of day as the machine has it, which jumps when somebody sets it. For what others have written a time on. */
export const systemClock: Clock = clockOf(() => Date.now());

/** What the time of day was when the process began, less how long it had run. */
const BEGAN = Date.now() - performance.now();

/**
 * The time of day at which the process began, and what has passed since (CLOCK_MONOTONIC): it never jumps, so that
 * nothing lapses or outlives its time because somebody sets the clock. For everything that is measured.
 */
export const steadyClock: Clock = clockOf(() => Math.floor(BEGAN + performance.now()));

function clockOf(now: () => number): Clock {
  return { now, ...timers };
}
