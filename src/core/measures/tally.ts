/** Kinds that one tally tells apart; whatever else comes counts as `other`, so that no caller can make many. */
const MOST_KINDS = 500;

/** Counts by kind. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** `kinds`: those that are shown even before the first of them came. */
  constructor(kinds: readonly string[] = []) {
    for (const kind of kinds) this.#counts.set(kind, 0);
  }

  add(kind: string, by = 1): void {
    const known = this.#counts.get(kind);
    if (known !== undefined) this.#counts.set(kind, known + by);
    else if (this.#counts.size < MOST_KINDS) this.#counts.set(kind, by);
    else this.#counts.set("other", (this.#counts.get("other") ?? 0) + by);
  }

  read(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
