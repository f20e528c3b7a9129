import { LoopDelay } from "../core/observation/loop-delay.ts";
import type { Clock } from "../ports/clock.ts";
import type { Figure } from "../transport/face.ts";

/** How late the event loop of this process is, from now on, for operators and as a figure. */
export function watchEventLoop(timers: Clock): { worstMs(): number; figures(): readonly Figure[] } {
  const loop = new LoopDelay({ ...timers, now: () => performance.now() });
  loop.start();
  return {
    worstMs: () => loop.worst(),
    figures: () => [
      {
        name: "event_loop_delay_seconds",
        help: "How late the event loop is, measured twenty times a second.",
        type: "histogram",
        value: loop.all(),
      },
    ],
  };
}
