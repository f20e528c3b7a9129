/** Runs steps one after the other for each key, in the order they came; those of different keys side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** An error is the caller's; what comes after runs all the same. */
  take<T>(key: string, step: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(step);
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return done;
  }

  /** Resolves once nothing is underway. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
