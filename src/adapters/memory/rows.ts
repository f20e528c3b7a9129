/** As many numbers as fit a line of a processor's cache. */
const WIDTH = 8;
const FIRST_ROWS = 64;

/**
 * Numbers of each of many things, eight for each at most, side by side: whoever comes to one by chance waits for memory once
 * or twice, and the collector of garbage has nothing to look at, however many of them change. Rows that were given back are
 * kept for those to come: what was once needed, 64 bytes for each thing, is never let go.
 *
 * @typeParam Column which of the eight, from 0 to 7
 */
export class Rows<Column extends number> {
  #numbers = new Float64Array(FIRST_ROWS * WIDTH);
  #rows = 0;
  /** Rows that nothing has any more. */
  readonly #free: number[] = [];

  /** A row that nothing else has, of zeros. */
  take(): number {
    const row = this.#free.pop() ?? this.#rows++;
    if ((row + 1) * WIDTH > this.#numbers.length) this.#grow();
    return row;
  }

  /** Nothing has the row any more; its numbers are zeros again. */
  giveBack(row: number): void {
    this.#numbers.fill(0, row * WIDTH, (row + 1) * WIDTH);
    this.#free.push(row);
  }

  get(row: number, column: Column): number {
    return this.#numbers[row * WIDTH + column]!;
  }

  /** The same of a whole number below 2^31, as such: as it is kept, the runtime would take it for no index of an array. */
  small(row: number, column: Column): number {
    return this.#numbers[row * WIDTH + column]! | 0;
  }

  set(row: number, column: Column, value: number): void {
    this.#numbers[row * WIDTH + column] = value;
  }

  #grow(): void {
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
