import type { Rows } from "./rows.ts";

/** Stands for no row: a number as those are, so that whoever looks something up by them need not ask what they are. */
export const NONE = -1;

/**
 * A set of rows from which any one is drawn in constant time. Each row keeps its own place, in a column of its own, so that
 * nothing is looked up: 0 where it is not in the list, one more than its place where it is.
 */
export class DrawList<Column extends number> {
  readonly #rows: Rows<Column>;
  readonly #place: Column;
  readonly #items: number[] = [];

  constructor(rows: Rows<Column>, place: Column) {
    this.#rows = rows;
    this.#place = place;
  }

  add(row: number): void {
    if (this.#rows.small(row, this.#place) === 0) this.#rows.set(row, this.#place, this.#items.push(row));
  }

  /** The last one moves into the gap, so nothing shifts. */
  remove(row: number): void {
    const place = this.#rows.small(row, this.#place);
    if (place === 0) return;
    const last = this.#items.pop()!;
    if (last !== row) {
      this.#items[place - 1] = last;
      this.#rows.set(last, this.#place, place);
    }
    this.#rows.set(row, this.#place, 0);
  }

  /** The row at `pick` in [0, 1) of the list; {@link NONE} when it is empty. It stays in the list. */
  draw(pick: number): number {
    const items = this.#items;
    return items.length === 0 ? NONE : (items[Math.floor(pick * items.length)] ?? NONE);
  }
}
