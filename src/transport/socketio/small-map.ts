/**
 * As much of a Map as is asked of one that never holds more than a few entries, which stand in a list. The runtime has a table
 * of some 350 bytes for a Map from its first entry on, and a larger one from its fifth.
 */
export class SmallMap<Key, Value> {
  /** Each key, and its value behind it. */
  readonly #entries: (Key | Value)[] = [];

  get size(): number {
    return this.#entries.length / 2;
  }

  has(key: Key): boolean {
    return this.#placeOf(key) !== NOWHERE;
  }

  get(key: Key): Value | undefined {
    const place = this.#placeOf(key);
    return place === NOWHERE ? undefined : (this.#entries[place + 1] as Value);
  }

  set(key: Key, value: Value): this {
    const place = this.#placeOf(key);
    if (place === NOWHERE) this.#entries.push(key, value);
    else this.#entries[place + 1] = value;
    return this;
  }

  /** False if it was not there. */
  delete(key: Key): boolean {
    const place = this.#placeOf(key);
    if (place === NOWHERE) return false;
    this.#entries.splice(place, 2);
    return true;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** As they are now: unlike a Map's, they do not change while somebody goes through them. */
  values(): readonly Value[] {
    return this.#entries.filter((_, place) => place % 2 === 1) as Value[];
  }

  #placeOf(key: Key): number {
    const entries = this.#entries;
    for (let place = 0; place < entries.length; place += 2) if (entries[place] === key) return place;
    return NOWHERE;
  }
}

const NOWHERE = -1;
