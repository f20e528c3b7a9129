/** A waiting line: first in, first out, and anybody may step out of the middle. Every verb but the walk is O(1). */
export interface Line<T> {
  readonly size: number;
  /** Adds at the end; the returned place is what {@link Line.remove} takes. */
  append(value: T): Place<T>;
  /** Takes a place out; it must be in this line. */
  remove(place: Place<T>): void;
  /** From the one that has waited longest. */
  [Symbol.iterator](): Iterator<Place<T>>;
}

export interface Place<T> {
  readonly value: T;
}

interface Node<T> extends Place<T> {
  previous: Node<T> | null;
  next: Node<T> | null;
}

/** A linked list; a Map would walk over the gaps that those who left have made at its front. */
export function createLine<T>(): Line<T> {
  let first: Node<T> | null = null;
  let last: Node<T> | null = null;
  let size = 0;

  return {
    get size() {
      return size;
    },
    append(value) {
      const node: Node<T> = { value, previous: last, next: null };
      if (last === null) first = node;
      else last.next = node;
      last = node;
      size++;
      return node;
    },
    remove(place) {
      const { previous, next } = place as Node<T>;
      if (previous === null) first = next;
      else previous.next = next;
      if (next === null) last = previous;
      else next.previous = previous;
      size--;
    },
    *[Symbol.iterator]() {
      for (let node = first; node !== null; node = node.next) yield node;
    },
  };
}
