import { Histogram } from "../core/measures/histogram.ts";
import type { Figure } from "../transport/face.ts";

/** How often it is measured, in ms. */
const EACH_MS = 50;

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Measures how late the event loop is: how long after its time a timer runs. */
export function watchEventLoop(): { figures(): readonly Figure[] } {
  const delays = new Histogram(BOUNDS);
  let due = performance.now() + EACH_MS;
  setInterval(() => {
    const now = performance.now();
    delays.observe(Math.max(0, now - due) / 1_000);
    due = now + EACH_MS;
  }, EACH_MS).unref();
  return {
    figures: () => [
      {
        name: "event_loop_delay_seconds",
        help: "How late the event loop is, measured twenty times a second.",
        type: "histogram",
        value: delays.read(),
      },
    ],
  };
}
