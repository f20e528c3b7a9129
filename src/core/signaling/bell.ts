/** Rung any number of times, before or while somebody waits for it: what was rung meanwhile is not missed. */
export class Bell {
  #rung = false;
  #hear: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#hear?.();
  }

  /** Waits until it is rung, or returns at once if it was since the last time. For one listener. */
  async rung(): Promise<void> {
    if (!this.#rung) await new Promise<void>((hear) => (this.#hear = hear));
    this.#rung = false;
    this.#hear = null;
  }
}
