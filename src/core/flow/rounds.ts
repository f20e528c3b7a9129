import type { Clock, Timer } from "../../ports/clock.ts";

/** How long after a round the next one begins, in ms, by what the round came to; idle is said by who makes it. */
const PAUSE_MS = { waiting: 300, more: 0 } as const;
/** How long after rounds that failed, in ms: twice as long each time. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** idle: nothing to do; waiting: not now, but in a moment; more: there is more to do at once. */
export type RoundOutcome = "idle" | keyof typeof PAUSE_MS;

export interface RoundsOptions {
  readonly clock: Clock;
  /** How long after an idle round the next one begins, in ms. */
  readonly idleMs: number;
  round(): Promise<RoundOutcome>;
  failed(error: unknown): void;
}

/** Does the same work over and over, one round at a time, and less and less often while it fails. */
export class Rounds {
  readonly #options: RoundsOptions;
  #timer: Timer | null = null;
  #underway: Promise<void> | null = null;
  #failures = 0;
  #stopped = true;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** How many rounds have failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  start(): void {
    this.#stopped = false;
    this.#next(0);
  }

  /** No more rounds; resolves once the one that runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#underway;
  }

  #next(ms: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(ms, () => {
      this.#underway = this.#run();
    });
  }

  async #run(): Promise<void> {
    try {
      const outcome = await this.#options.round();
      this.#failures = 0;
      this.#next(outcome === "idle" ? this.#options.idleMs : PAUSE_MS[outcome]);
    } catch (error) {
      this.#failures++;
      this.#options.failed(error);
      this.#next(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 20)));
    }
  }
}
