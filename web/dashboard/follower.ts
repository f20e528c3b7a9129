import type { Kind, Overview } from "../../src/faces/operator/wire.ts";
import { kinds } from "./kinds.ts";

/** A list is not asked for more often than this, however fast things change. */
const SPACING_MS = 2_000;

/** Loads something again when the live figures say that it may have changed: nothing is asked for while nothing does. */
export class Follower {
  readonly #follows: ((overview: Overview) => unknown) | null;
  readonly #load: () => Promise<void>;
  #seen: string | null = null;
  #loaded: string | null = null;
  #isLoading = false;
  #at = -Infinity;

  /** @param load must not reject */
  constructor(kind: Kind, load: () => Promise<void>) {
    this.#follows = kinds[kind].follows;
    this.#load = load;
  }

  overview(overview: Overview): void {
    if (this.#follows === null) return;
    this.#seen = JSON.stringify(this.#follows(overview));
    // What was loaded before the first figures came is as new as they are.
    this.#loaded ??= this.#seen;
    if (this.#seen === this.#loaded || performance.now() - this.#at < SPACING_MS) return;
    void this.load();
  }

  async load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#loaded = this.#seen;
    await this.#load();
    this.#at = performance.now();
    this.#isLoading = false;
  }
}
