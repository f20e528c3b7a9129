/** What stands in a list knows its place there; -1: it is not in it. */
type Placed<Place extends string> = { [Name in Place]: number };

/**
 * A set of items from which any one is drawn in constant time. Each item keeps its own place, under the name that the
 * list is made with, so that nothing is looked up.
 */
export class DrawList<Place extends string, Item extends Placed<Place>> {
  readonly #place: Place;
  readonly #items: Item[] = [];

  constructor(place: Place) {
    this.#place = place;
  }

  get size(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    const { [this.#place]: at }: Placed<Place> = item;
    if (at === -1) this.#put(item, this.#items.push(item) - 1);
  }

  /** The last one moves into the gap, so nothing shifts. */
  remove(item: Item): void {
    const { [this.#place]: at }: Placed<Place> = item;
    if (at === -1) return;
    const last = this.#items.pop()!;
    if (last !== item) {
      this.#items[at] = last;
      this.#put(last, at);
    }
    this.#put(item, -1);
  }

  /** The item at `pick` in [0, 1) of the list; undefined when it is empty. It stays in the list. */
  draw(pick: number): Item | undefined {
    return this.#items[Math.floor(pick * this.#items.length)];
  }

  /**
   * Up to `count` items that stand before `end`. Whoever goes through all from the last to the first meets each that
   * stays at least once: only what stood behind moves, and only to the front.
   */
  before(end: number, count: number): readonly Item[] {
    return this.#items.slice(Math.max(0, end - count), Math.max(0, end));
  }

  #put(item: Placed<Place>, at: number): void {
    item[this.#place] = at;
  }
}
