import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";

/** The most time each open end gets for itself, in ms: a few need not wait for a window that is made for thousands. */
const EACH_MS = 100;

/** The part of the time to drain in which everything is told; the rest is for finishing. */
const SHARE = 0.8;

/** How often the next are told, in ms. */
const STEP_MS = 20;

export interface DeparturesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long the drain may take, in ms. */
  readonly drainMs: number;
  /** Everything that is open now, each as the way to end it. Ending what has ended already has no effect. */
  open(): readonly (() => void)[];
  /** An end that could not be told. */
  failed(error: unknown): void;
}

/**
 * Ends what is open in a random order, spread evenly over a window of 100 ms for each, and of 80 % of `drainMs` at most,
 * so that the clients of a node that goes down do not come to the others all at once. What is opened later is ended when
 * the window is over, or at once if it is.
 */
export function beginDepartures({ clock, random, drainMs, open, failed }: DeparturesOptions): void {
  const waiting = shuffled(open(), random);
  const total = waiting.length;
  const windowMs = Math.min(SHARE * drainMs, EACH_MS * total);
  const began = clock.now();

  const end = (one: () => void): void => {
    try {
      one();
    } catch (error) {
      failed(error);
    }
  };
  const step = (): void => {
    const elapsed = clock.now() - began;
    if (elapsed >= windowMs) {
      waiting.length = 0;
      for (const one of open()) end(one);
    } else {
      const left = total - Math.floor((total * elapsed) / windowMs);
      for (const one of waiting.splice(left)) end(one);
    }
  };
  step();
  // Goes on until the process ends: a handshake that was under way may still become a socket.
  clock.every(STEP_MS, step);
}

/** Fisher and Yates. */
function shuffled<T>(all: readonly T[], random: Random): T[] {
  const mixed = [...all];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(random.unit() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
