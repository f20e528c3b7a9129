/** Somebody whose texts may wait for the end of the event loop's turn. */
export interface Receiver {
  /** Writes what waits, in one go. How many texts that were. */
  flush(): number;
}

/** Texts for the same receiver that come within so many ms of one another came in one packet, most likely. */
const CLOSE_MS = 0.025;

/** As much may wait, of all receivers together. */
const MOST = { texts: 4096, chars: 4 * 1024 * 1024 };

/**
 * Notices when texts come in bursts, as candidates of a connection do: several for one receiver in a turn of the event
 * loop. From then on whatever is sent waits for the end of the turn, so that each receiver is written to once. What costs
 * in a short text is the call into the kernel, not its bytes. That ends with the first turn in which nobody got more
 * than one, so that whoever gets texts one by one is not kept waiting.
 */
export class Bursts {
  readonly #now: () => number;
  readonly #later: (run: () => void) => void;
  readonly #writeAll = (): void => {
    this.#isArmed = false;
    this.write();
  };
  #isOn = false;
  #isArmed = false;
  #last: Receiver | null = null;
  #lastAt = 0;
  #waiting: Receiver[] = [];
  #texts = 0;
  #chars = 0;

  /** `now`: ms, of a clock that never goes back. `later`: runs something once the turn's events have been handled. */
  constructor(now: () => number, later: (run: () => void) => void) {
    this.#now = now;
    this.#later = later;
  }

  /** True: a text for this receiver, for whom nothing waits yet, is to wait. */
  includes(receiver: Receiver): boolean {
    if (this.#isOn) return true;
    if (receiver !== this.#last) {
      this.#last = receiver;
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
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#later(this.#writeAll);
  }

  /** Counts a text that waits, whose receiver has entered. */
  count(chars: number): void {
    this.#texts++;
    this.#chars += chars;
    if (this.#texts > MOST.texts || this.#chars > MOST.chars) this.write();
  }

  /** Writes all that waits. */
  write(): void {
    if (this.#texts === 0) return;
    const all = this.#waiting;
    this.#waiting = [];
    this.#texts = this.#chars = 0;
    this.#last = null;
    let most = 0;
    for (const receiver of all) most = Math.max(most, receiver.flush());
    this.#isOn = most > 1;
  }
}
