export interface Due {
  readonly id: string;
  /** In ms. */
  readonly at: number;
}

/**
 * Ids by when they fall due: a binary heap, so that adding is a logarithm and nothing that is not due is looked at.
 * A hint, not the truth: the owner looks at its own record of a due id and adds it again if it was prolonged.
 */
export class DueHeap {
  readonly #heap: Due[] = [];

  /** `at` in ms. */
  add(id: string, at: number): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push({ at, id });
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (heap[parent]!.at <= at) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = { at, id };
  }

  /** Takes out one that is due at `now` (ms), the earliest first; undefined when none is. */
  take(now: number): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Due): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
      if (heap[child]!.at >= entry.at) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = entry;
  }
}
