export interface Due<What> {
  readonly what: What;
  /** In ms. */
  readonly at: number;
}

/**
 * Things by when they fall due: a binary heap, so that adding is a logarithm and nothing that is not due is looked at.
 * A hint, not the truth: the owner looks at its own record of what is due and adds it again if it was prolonged.
 */
export class DueHeap<What> {
  readonly #heap: Due<What>[] = [];

  /** `at` in ms. */
  add(what: What, at: number): void {
    const heap = this.#heap;
    const due = { what, at };
    let hole = heap.push(due) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (heap[parent]!.at <= at) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = due;
  }

  /** Takes out one that is due at `now` (ms), the earliest first; undefined when none is. */
  take(now: number): Due<What> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(due: Due<What>): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
      if (heap[child]!.at >= due.at) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = due;
  }
}
