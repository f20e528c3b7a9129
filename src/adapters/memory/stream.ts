import type { Batch, Item, StreamBounds } from "../../ports/streams.ts";

interface Remaining {
  readonly order: number;
  readonly item: Pick<Item, "kind" | "content">;
}

/** What remains of one stream. */
export class MemoryStream {
  hasEnded = false;
  /** In ms. */
  expiresAt = Infinity;
  /** When it is looked at for being over, in ms. */
  dueAt = Infinity;
  #kept: readonly Remaining[] = [];
  #latest: ReadonlyMap<string, Remaining> = new Map();
  #names: ReadonlySet<string> = new Set();
  #highest: ReadonlyMap<string, number> = new Map();
  /** Of keys whose numbers begin anew: the next one is below. Such a key has no highest number. */
  #ceilings: ReadonlyMap<string, number> = new Map();
  #order = 0;

  /** Which of the items were taken; null, and nothing has changed, if what remains would pass the bounds. */
  append(items: readonly Item[], bounds: StreamBounds): boolean[] | null {
    const kept = [...this.#kept];
    const latest = new Map(this.#latest);
    const names = new Set(this.#names);
    const highest = new Map(this.#highest);
    const ceilings = new Map(this.#ceilings);
    let { hasEnded } = this;
    const taken = items.map(({ once, after, restarts, isLast, remains, kind, content }) => {
      if (hasEnded || (once !== undefined && names.has(once))) return false;
      if (after !== undefined && (highest.get(after.key) ?? -Infinity) >= after.number) return false;
      if (after !== undefined && (ceilings.get(after.key) ?? Infinity) <= after.number) return false;
      if (once !== undefined) names.add(once);
      if (after !== undefined) {
        highest.set(after.key, after.number);
        ceilings.delete(after.key);
      }
      const last = restarts && highest.get(restarts.key);
      if (restarts !== undefined && last !== undefined) {
        highest.delete(restarts.key);
        ceilings.set(restarts.key, (restarts.at + last) / 2);
      }
      const remaining = { order: ++this.#order, item: { kind, content } };
      if (remains === "kept") kept.push(remaining);
      else latest.set(kind, remaining);
      hasEnded = isLast ?? false;
      return true;
    });
    const all = [...kept, ...latest.values()].flatMap(({ item }) => [item.kind + item.content]);
    const remaining = [...all, ...names, ...highest.keys(), ...ceilings.keys()];
    const bytes = remaining.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (remaining.length > bounds.count || bytes > bounds.bytes) return null;
    [this.#kept, this.#latest, this.#names] = [kept, latest, names];
    [this.#highest, this.#ceilings] = [highest, ceilings];
    this.hasEnded = hasEnded;
    return taken;
  }

  head(): Batch {
    const all = [...this.#kept, ...this.#latest.values()].sort((a, b) => a.order - b.order);
    return { items: all.map(({ item }) => item), hasEnded: this.hasEnded };
  }
}
