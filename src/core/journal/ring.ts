/** The newest so many of what was put in. */
export class Ring<Kept> {
  readonly #most: number;
  #kept: Kept[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  put(one: Kept): void {
    this.#kept[this.#next] = one;
    this.#next = (this.#next + 1) % this.#most;
  }

  /** Oldest first. */
  all(): readonly Kept[] {
    if (this.#kept.length < this.#most) return this.#kept;
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
  }

  /** Keeps only those, in their order. */
  keep(isKept: (one: Kept) => boolean): void {
    if (this.#kept.every(isKept)) return;
    this.#kept = this.all().filter(isKept);
    this.#next = this.#kept.length;
  }
}
