import { STEP_MS } from "./waiting.ts";

/** What upkeep leaves at least, or nobody would ever come back: it waits, too. */
const LEAST = 0.02;

/** Some cores that do work, each step so much of it. What is begun and not done is done first in the next step. */
export class Station {
  readonly #whole: number;
  #left = 0;

  /** @param cores each has a step's time in a step */
  constructor(cores: number) {
    this.#whole = cores * STEP_MS * 1_000;
  }

  /** @param upkeepUs what is done before all else */
  begin(upkeepUs: number): void {
    const owed = Math.min(0, this.#left);
    this.#left = this.#whole + owed - Math.min(upkeepUs, this.#whole * (1 - LEAST));
  }

  /** µs of this step that are left. */
  left(): number {
    return Math.max(0, this.#left);
  }

  use(us: number): void {
    this.#left -= us;
  }

  /** The part of the step that was used. */
  used(): number {
    return Math.min(1, 1 - this.#left / this.#whole);
  }
}
