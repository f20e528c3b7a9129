import { countOf, LEVELS, nobody, type ByLevel } from "./waiting.ts";

/** Clients that are served in the order in which they came. */
export class Line {
  #batches: { readonly step: number; readonly clients: ByLevel; left: number }[] = [];
  #head = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(step: number, clients: ByLevel): void {
    const left = countOf(clients);
    if (left === 0) return;
    this.#batches.push({ step, clients, left });
    this.#count += left;
  }

  /** Since when the first one waits; null: nobody does. */
  since(): number | null {
    return this.#batches[this.#head]?.step ?? null;
  }

  /** At most so many, the longest waiting first. */
  take(most: number): ByLevel {
    const taken = nobody();
    for (let wanted = Math.floor(most); wanted > 0 && this.#head < this.#batches.length;) {
      const batch = this.#batches[this.#head]!;
      for (let level = 0; level < LEVELS && wanted > 0; level++) {
        const some = Math.min(wanted, batch.clients[level]!);
        batch.clients[level]! -= some;
        taken[level]! += some;
        batch.left -= some;
        wanted -= some;
      }
      if (batch.left === 0) this.#head++;
    }
    this.#tidy(taken);
    return taken;
  }

  /** Those who came before this step. */
  takeOlder(step: number): ByLevel {
    const taken = nobody();
    for (let batch = this.#batches[this.#head]; batch !== undefined && batch.step < step;) {
      batch.clients.forEach((some, level) => (taken[level]! += some));
      batch = this.#batches[++this.#head];
    }
    this.#tidy(taken);
    return taken;
  }

  #tidy(taken: ByLevel): void {
    this.#count -= countOf(taken);
    if (this.#head < 1_000) return;
    this.#batches = this.#batches.slice(this.#head);
    this.#head = 0;
  }
}
