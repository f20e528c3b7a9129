/** How long nobody begins anything after a refusal that names no time, in ms. */
const CALM_MS = 1_000;
/** However long a server asks to be left alone, this is when it is asked again, in ms. */
const LONGEST_CALM_MS = 60_000;

/** How the server takes what some simulated clients send, or all of them. */
export class Traffic {
  requests = 0;
  /** Answered 429. */
  limited = 0;
  /** Answered 503. */
  overloaded = 0;
  /** Not answered. */
  unanswered = 0;
  /** Sockets that had to be made anew. */
  reconnects = 0;
  readonly #all: Traffic | null;
  readonly #now: () => number;
  #calmUntil = -Infinity;

  /**
   * @param all where this is a part of
   * @param now in ms
   */
  constructor(all: Traffic | null = null, now: () => number = () => performance.now()) {
    [this.#all, this.#now] = [all, now];
  }

  noteReconnect(): void {
    this.reconnects++;
    this.#all?.noteReconnect();
  }

  /** @param status 0: there was no answer */
  note(status: number, retryAfterMs = 0): void {
    this.#all?.note(status, retryAfterMs);
    this.requests++;
    if (status === 429) this.limited++;
    else if (status === 503) this.overloaded++;
    else if (status === 0) this.unanswered++;
    else return;
    const calm = Math.min(LONGEST_CALM_MS, Math.max(CALM_MS, retryAfterMs));
    this.#calmUntil = Math.max(this.#calmUntil, this.#now() + calm);
  }

  /** For how long nobody should begin anything new, in ms: the server has said that it is too much. */
  get calmMs(): number {
    return Math.max(0, this.#calmUntil - this.#now());
  }
}
