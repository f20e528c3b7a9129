/** Somebody whose texts may wait for the end of the event loop's turn. */
export interface Receiver {
  /** Writes what waits, in one go. How many texts that were. */
  flush(): number;
}

/** Texts for the same receiver that come within so many ms of one another came in one packet, most likely. */
const CLOSE_MS = 0.025;

/** As many may wait, of all receivers together. */
const MOST_TEXTS = 4096;

/**
 * Notices when texts come in bursts, as candidates of a connection do: several for one receiver right after one another.
 * From then on whatever anybody is sent waits for the end of the event loop's turn, so that each receiver is written to
 * once. What costs in a short text is the call into the kernel, not its bytes. That ends with the first turn in which
 * nobody got more than one, so that texts that come one by one are not kept waiting for nothing.
 */
export class Bursts {
  readonly #now: () => number;
  readonly #later: (run: () => void) => void;
  readonly #endTurn = (): void => {
    this.#isArmed = false;
    this.write();
  };
  #isOn = false;
  #isArmed = false;
  #last: Receiver | null = null;
  #lastAt = -Infinity;
  /** Those for whom something waits, in the order in which it came; up to {@link #at} they have been written to. */
  #waiting: Receiver[] = [];
  #at = 0;
  #texts = 0;
  /** The most that one of them had waiting. */
  #most = 0;
  /** Whose message is being handled: what it is answered meanwhile the runtime itself sends together. */
  handling: Receiver | null = null;

  /** `now`: ms, of a clock that never goes back. `later`: runs something once the turn's events have been handled. */
  constructor(now: () => number, later: (run: () => void) => void) {
    this.#now = now;
    this.#later = later;
  }

  /** True: a text for this receiver, for whom nothing waits yet, is to wait. */
  includes(receiver: Receiver): boolean {
    if (receiver === this.handling) return false;
    if (this.#isOn) return true;
    if (receiver !== this.#last) {
      this.#last = receiver;
      this.#lastAt = -Infinity;
      return false;
    }
    const now = this.#now();
    this.#isOn = now - this.#lastAt < CLOSE_MS;
    this.#lastAt = now;
    return this.#isOn;
  }

  /** Something waits for this receiver from now on. */
  enter(receiver: Receiver): void {
    this.#waiting.push(receiver);
    this.#arm();
  }

  /** Counts a text that waits, whose receiver has entered. */
  count(): void {
    if (++this.#texts > MOST_TEXTS) this.write();
  }

  /**
   * Writes all that waits. To write may end a receiver, and whoever hears of that may write again: that goes on where
   * this has come to.
   */
  write(): void {
    if (this.#waiting.length === 0) return;
    try {
      while (this.#at < this.#waiting.length) this.#most = Math.max(this.#most, this.#waiting[this.#at++]!.flush());
      this.#isOn = this.#most > 1;
      this.#waiting = [];
      this.#at = this.#texts = this.#most = 0;
      this.#last = null;
    } finally {
      // Whatever one of them threw, the others get theirs.
      if (this.#at < this.#waiting.length) this.#arm();
    }
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#later(this.#endTurn);
  }
}
