/** More are forgotten, oldest first: nobody parts from more in that time but to fill the memory. */
const MOST_REMEMBERED = 32;

/** `until` in ms. */
interface Avoided {
  readonly id: string;
  readonly until: number;
}

/** Whom one member has parted from lately. */
export interface Partings {
  add(id: string, until: number): void;
  /** Those still to be avoided at `now`. */
  current(now: number): readonly Avoided[];
}

export function createPartings(): Partings {
  return new RememberedPartings();
}

class RememberedPartings implements Partings {
  #remembered: readonly Avoided[] = NOBODY;

  add(id: string, until: number): void {
    const others = this.#remembered.filter((one) => one.id !== id);
    this.#remembered = [...others, { id, until }].slice(-MOST_REMEMBERED);
  }

  current(now: number): readonly Avoided[] {
    if (this.#remembered.length > 0) this.#remembered = this.#remembered.filter((one) => now < one.until);
    return this.#remembered;
  }
}

/** What nearly all remember. */
const NOBODY: readonly Avoided[] = [];
