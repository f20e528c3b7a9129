/** How many entries are kept in a list; looking through it takes no longer than a map does. */
const FEW = 8;

/**
 * A map for owners of which there are very many and that nearly always hold one or two entries, such as a user's devices:
 * a `Map` of the runtime takes 700 bytes before it holds any. Past {@link FEW} it is one all the same.
 */
export class FewMap<Key, Value> {
  /** Keys and values in turn, in the order they came; empty once there is a map. */
  #list: (Key | Value)[] = [];
  #map: Map<Key, Value> | null = null;

  get size(): number {
    return this.#map?.size ?? this.#list.length / 2;
  }

  get(key: Key): Value | undefined {
    if (this.#map !== null) return this.#map.get(key);
    const at = this.#find(key);
    return at < 0 ? undefined : (this.#list[at + 1] as Value);
  }

  set(key: Key, value: Value): this {
    if (this.#map !== null) {
      this.#map.set(key, value);
      return this;
    }
    const at = this.#find(key);
    if (at >= 0) this.#list[at + 1] = value;
    else if (this.size < FEW) this.#list.push(key, value);
    else this.#grow().set(key, value);
    return this;
  }

  /** False if there was none. */
  delete(key: Key): boolean {
    if (this.#map !== null) return this.#map.delete(key);
    const at = this.#find(key);
    if (at >= 0) this.#list.splice(at, 2);
    return at >= 0;
  }

  /** As they stand now. */
  values(): Value[] {
    if (this.#map !== null) return [...this.#map.values()];
    return this.#list.filter((_, at) => at % 2 === 1) as Value[];
  }

  #find(key: Key): number {
    for (let at = 0; at < this.#list.length; at += 2) if (this.#list[at] === key) return at;
    return -1;
  }

  #grow(): Map<Key, Value> {
    this.#map = new Map();
    for (let at = 0; at < this.#list.length; at += 2) this.#map.set(this.#list[at] as Key, this.#list[at + 1] as Value);
    this.#list = [];
    return this.#map;
  }
}
