import type { Clock, Timer } from "../../src/ports/clock.ts";

/** The clock of one process that can be stopped, as by SIGSTOP: time passes, and its timers wait until it goes on. */
export interface StoppableClock extends Clock {
  stop(): void;
  /** Timers that fell due meanwhile fire now, in order, each once. */
  goOn(): void;
}

export function createStoppableClock(clock: Clock): StoppableClock {
  let isStopped = false;
  let missed: { readonly run: () => void; readonly timer: { isOver: boolean } }[] = [];

  const guarded = (run: () => void, timer: { isOver: boolean }) => (): void => {
    if (timer.isOver) return;
    if (!isStopped) run();
    else if (!missed.some((one) => one.timer === timer)) missed.push({ run, timer });
  };
  const schedule = (start: (run: () => void) => Timer, run: () => void): Timer => {
    const state = { isOver: false };
    const timer = start(guarded(run, state));
    return {
      cancel() {
        state.isOver = true;
        timer.cancel();
      },
    };
  };

  return {
    now: () => clock.now(),
    after: (ms, run) => schedule((fire) => clock.after(ms, fire), run),
    every: (ms, run) => schedule((fire) => clock.every(ms, fire), run),
    stop() {
      isStopped = true;
    },
    goOn() {
      isStopped = false;
      const due = missed;
      missed = [];
      for (const { run, timer } of due) if (!timer.isOver) run();
    },
  };
}
