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
  let remembered: readonly Avoided[] = [];
  return {
    add(id, until) {
      const others = remembered.filter((one) => one.id !== id);
      remembered = [...others, { id, until }].slice(-MOST_REMEMBERED);
    },
    current(now) {
      remembered = remembered.filter((one) => now < one.until);
      return remembered;
    },
  };
}
