import type { Clock, Timer } from "../../ports/clock.ts";

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run): Timer {
    // A time that is past already is now; the runtime would say so on standard error.
    const handle = setTimeout(run, Math.max(0, ms));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(ms, run): Timer {
    const handle = setInterval(run, ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};
