import type { Clock, Timer } from "../../ports/clock.ts";

/** How often it is looked whether time has gone on, in ms. */
const LOOK_MS = 1_000;

/**
 * A process that has stood still for longer than this may have been taken for dead meanwhile, in ms: a node's lease
 * (6 s) less the time since its last beat (2 s).
 */
export const STANDSTILL_MS = 4_000;

/** Steps that may wait for a check before it is crowded. */
const MAX_WAITING = 4_096;

/**
 * Notices that the process has stood still (it was stopped, or its machine slept), and holds back whatever relies on
 * what this node has until `check` has found out what it still has.
 */
export class Standstill {
  readonly #clock: Clock;
  readonly #check: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #lookedAt: number;
  #timer: Timer | null = null;
  #isChecking = false;
  #waiting: (() => void)[] = [];

  /** `check` must not reject; if the store is away it just returns, for then nobody else can have taken anything. */
  constructor(clock: Clock, check: () => Promise<void>, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#check = check;
    this.#failed = failed;
    this.#lookedAt = clock.now();
  }

  start(): void {
    this.#timer = this.#clock.every(LOOK_MS, () => {
      if (this.isSure()) this.#lookedAt = this.#clock.now();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** True: run it now. False: hand it to {@link whenSure}. */
  isSure(): boolean {
    if (this.#isChecking) return false;
    if (this.#timer === null || this.#clock.now() - this.#lookedAt <= STANDSTILL_MS) return true;
    void this.#lookAround();
    return false;
  }

  /** True: so many steps wait that the caller should rather give up than add one. */
  isCrowded(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** Runs the step at once, or after the check, in the order of the calls. */
  whenSure(step: () => void): void {
    if (this.isSure()) step();
    else this.#waiting.push(step);
  }

  async sure(): Promise<void> {
    if (!this.isSure()) await new Promise<void>((sure) => this.#waiting.push(sure));
  }

  async #lookAround(): Promise<void> {
    this.#isChecking = true;
    await this.#check();
    this.#lookedAt = this.#clock.now();
    this.#isChecking = false;
    for (const step of this.#waiting.splice(0)) {
      try {
        step();
      } catch (error) {
        // The others have nothing to do with it.
        this.#failed(error);
      }
    }
  }
}
