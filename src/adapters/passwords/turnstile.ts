/** Lets a few through at a time and a bounded number wait, in order. */
export class Turnstile {
  readonly #most: number;
  readonly #mostWaiting: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: { readonly most: number; readonly mostWaiting: number }) {
    this.#most = options.most;
    this.#mostWaiting = options.mostWaiting;
  }

  /** True if whoever comes now would be refused. */
  get isFull(): boolean {
    return this.#inside >= this.#most && this.#waiting.length >= this.#mostWaiting;
  }

  /** Runs `work` when it is its turn. Not to be called while full. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    // Whoever leaves hands its place to the next one, so that nobody slips in between.
    if (this.#inside >= this.#most) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#inside++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside--;
      else next();
    }
  }
}
