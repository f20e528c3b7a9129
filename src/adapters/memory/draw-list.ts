/** A set of ids from which any one is drawn in constant time. */
export class DrawList {
  readonly #ids: string[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#ids.length;
  }

  add(id: string): void {
    if (this.#places.has(id)) return;
    this.#places.set(id, this.#ids.length);
    this.#ids.push(id);
  }

  /** The last one moves into the gap, so nothing shifts. */
  remove(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    const last = this.#ids.pop()!;
    this.#places.delete(id);
    if (last === id) return;
    this.#ids[place] = last;
    this.#places.set(last, place);
  }

  /** The id at `pick` in [0, 1) of the list; undefined when it is empty. The id stays in the list. */
  draw(pick: number): string | undefined {
    return this.#ids[Math.floor(pick * this.#ids.length)];
  }
}
