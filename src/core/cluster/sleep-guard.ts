import type { Bus } from "../../ports/bus.ts";
import type { Clock, Timer } from "../../ports/clock.ts";

/** How often this process looks at the clock, and how late it may be without having slept, in ms. */
const LOOK_MS = 500;
const SLEPT_MS = 1_500;

/**
 * Notices that this process has slept: stopped, or busy for seconds. What others have asked of it meanwhile still lies
 * in the buffers of its connection, though the askers have long given up. Nothing is to be heard until a mark that the
 * node has sent to itself since has come through: all that lies before it is old.
 */
export class SleepGuard {
  readonly #clock: Clock;
  readonly #bus: Bus;
  readonly #channel: string;
  readonly #mark: (number: number) => string;
  #lookedAt: number;
  #marks = 0;
  #isAwake = true;
  #timer: Timer | null = null;

  /** `mark` words a message to the node itself; when it is heard, {@link passed} is called with its number. */
  constructor(deps: { clock: Clock; bus: Bus; channel: string; mark(number: number): string }) {
    this.#clock = deps.clock;
    this.#bus = deps.bus;
    this.#channel = deps.channel;
    this.#mark = deps.mark;
    this.#lookedAt = deps.clock.now();
  }

  /** `each` is called at every look. */
  start(each: () => void): void {
    this.#lookedAt = this.#clock.now();
    this.#timer = this.#clock.every(LOOK_MS, () => {
      // A mark that was lost is sent again.
      if (this.#isAwake) this.#look();
      else this.#post();
      this.#lookedAt = this.#clock.now();
      each();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** False from the moment it can be seen that the process has slept. */
  isAwake(): boolean {
    this.#look();
    return this.#isAwake;
  }

  passed(number: number): void {
    if (number !== this.#marks) return;
    this.#isAwake = true;
    this.#lookedAt = this.#clock.now();
  }

  #look(): void {
    if (!this.#isAwake || this.#timer === null || this.#clock.now() - this.#lookedAt <= SLEPT_MS) return;
    this.#isAwake = false;
    this.#marks++;
    this.#post();
  }

  #post(): void {
    this.#bus.publish(this.#channel, this.#mark(this.#marks)).catch(() => undefined);
  }
}
