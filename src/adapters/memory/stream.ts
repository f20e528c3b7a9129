import type { Batch, Item, Restart, StreamBounds } from "../../ports/streams.ts";

interface Remaining {
  readonly order: number;
  readonly item: Pick<Item, "kind" | "content">;
}

/** The numbers of one key. */
interface Numbers {
  /** Null if they began anew and none came since. */
  readonly highest: number | null;
  /** How they last began anew. `until` is in ms. */
  readonly restart?: Restart & { readonly former: number; readonly until: number };
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
  #numbers: ReadonlyMap<string, Numbers> = new Map();
  #order = 0;

  /** Which of the items were taken; null, and nothing has changed, if what remains would pass the bounds. */
  append(items: readonly Item[], bounds: StreamBounds, now: number): boolean[] | null {
    const kept = [...this.#kept];
    const latest = new Map(this.#latest);
    const names = new Set(this.#names);
    const numbers = new Map(this.#numbers);
    let { hasEnded } = this;
    const taken = items.map(({ once, after, restarts, isLast, remains, kind, content }) => {
      if (hasEnded || (once !== undefined && names.has(once))) return false;
      if (after !== undefined && isStale(after.number, numbers.get(after.key), now)) return false;
      if (once !== undefined) names.add(once);
      if (after !== undefined) numbers.set(after.key, { ...numbers.get(after.key), highest: after.number });
      const last = restarts && numbers.get(restarts.key);
      if (last !== undefined) numbers.set(restarts!.key, begunAnew(last, restarts!, now));
      const remaining = { order: ++this.#order, item: { kind, content } };
      if (remains === "kept") kept.push(remaining);
      else latest.set(kind, remaining);
      hasEnded = isLast ?? false;
      return true;
    });
    const all = [...kept, ...latest.values()].flatMap(({ item }) => [item.kind + item.content]);
    const remaining = [...all, ...names, ...numbers.keys()];
    const bytes = remaining.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (remaining.length > bounds.count || bytes > bounds.bytes) return null;
    [this.#kept, this.#latest, this.#names] = [kept, latest, names];
    this.#numbers = numbers;
    this.hasEnded = hasEnded;
    return taken;
  }

  head(): Batch {
    const all = [...this.#kept, ...this.#latest.values()].sort((a, b) => a.order - b.order);
    return { items: all.map(({ item }) => item), hasEnded: this.hasEnded };
  }
}

function isStale(number: number, numbers: Numbers | undefined, now: number): boolean {
  if (numbers === undefined) return false;
  const { highest, restart } = numbers;
  if (highest !== null && number <= highest) return true;
  if (restart === undefined || now >= restart.until) return false;
  const ahead = number - (highest ?? restart.at);
  return ahead > restart.reach && Math.abs(number - restart.former) < ahead;
}

function begunAnew({ highest, restart }: Numbers, by: Restart, now: number): Numbers {
  // Two can only follow each other at once where the first has left a highest number.
  const former = highest ?? restart!.former;
  return { highest: null, restart: { ...by, former, until: now + by.forMs } };
}
