/** Who can stand in a line: it knows its neighbours, so that a line makes nothing of its own for each. */
export interface Standing<T> {
  previous: T | null;
  next: T | null;
}

/** A waiting line: first in, first out, and anybody may step out of the middle. Every verb is O(1). */
export interface Line<T extends Standing<T>> {
  readonly size: number;
  /** The one that has waited longest; behind it comes whoever is next to it, and so on. */
  readonly first: T | null;
  /** Adds at the end one who stands in no line. */
  append(one: T): void;
  /** Takes out one who stands in this line. */
  remove(one: T): void;
}

/** A linked list; a Map would walk over the gaps that those who left have made at its front. */
export function createLine<T extends Standing<T>>(): Line<T> {
  let first: T | null = null;
  let last: T | null = null;
  let size = 0;

  return {
    get size() {
      return size;
    },
    get first() {
      return first;
    },
    append(one) {
      one.previous = last;
      one.next = null;
      if (last === null) first = one;
      else last.next = one;
      last = one;
      size++;
    },
    remove(one) {
      const { previous, next } = one;
      if (previous === null) first = next;
      else previous.next = next;
      if (next === null) last = previous;
      else next.previous = previous;
      size--;
    },
  };
}
