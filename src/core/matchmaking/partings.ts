/** More are forgotten, oldest first: nobody parts from more in that time but to fill the memory. */
const MOST_REMEMBERED = 32;

/** Somebody to be avoided; `until` in ms. */
export interface Parting {
  readonly id: string;
  readonly until: number;
}

/** Whom one member has parted from lately. A list and no object of its own, for everybody who waits has one. */
export type Partings = readonly Parting[];

/** Most have parted from nobody, and share one list. */
export const noPartings: Partings = [];

/** The same and one more, in place of an older one from the same. */
export function partingsWith(partings: Partings, id: string, until: number): Partings {
  if (partings.length === 0) return [{ id, until }];
  return [...partings.filter((one) => one.id !== id), { id, until }].slice(-MOST_REMEMBERED);
}

/** Those still to be avoided at `now`. */
export function currentPartings(partings: Partings, now: number): Partings {
  if (partings.length === 0) return noPartings;
  const current = partings.filter((one) => now < one.until);
  return current.length === 0 ? noPartings : current;
}
