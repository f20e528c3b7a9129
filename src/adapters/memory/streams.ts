import type { Clock } from "../../ports/clock.ts";
import type { AppendOptions, Batch, Item, Streams } from "../../ports/streams.ts";
import { DueHeap } from "./due-heap.ts";
import { MemoryStream } from "./stream.ts";

/** Streams of one process. No verb waits in the middle, so each is one step. */
export function createMemoryStreams(clock: Clock): Streams {
  const streams = new Map<string, MemoryStream>();
  const followers = new Map<string, Set<(batch: Batch) => void>>();
  const expiries = new DueHeap<string>();

  const current = (id: string): MemoryStream | undefined => {
    const stream = streams.get(id);
    if (stream === undefined || stream.expiresAt > clock.now()) return stream;
    streams.delete(id);
    return undefined;
  };

  /** An entry stands for each stream; one that was prolonged gets another when it comes up. */
  const forgetOver = (): void => {
    for (let due = expiries.take(clock.now()); due !== undefined; due = expiries.take(clock.now())) {
      const stream = current(due.what);
      if (stream !== undefined && stream.dueAt === due.at) fallDue(due.what, stream);
    }
  };

  const fallDue = (id: string, stream: MemoryStream): void => {
    stream.dueAt = stream.expiresAt;
    expiries.add(id, stream.dueAt);
  };

  const append = (id: string, items: readonly Item[], { ttlMs, bounds }: AppendOptions) => {
    forgetOver();
    const stream = current(id) ?? new MemoryStream();
    const taken = stream.append(items, bounds, clock.now());
    if (taken === null) return { isFull: true } as const;
    if (!taken.includes(true)) return { taken };
    streams.set(id, stream);
    stream.expiresAt = clock.now() + ttlMs;
    if (stream.expiresAt < stream.dueAt) fallDue(id, stream);
    const fresh = items.filter((_, at) => taken[at]).map(({ kind, content }) => ({ kind, content }));
    const batch = { items: fresh, hasEnded: stream.hasEnded };
    for (const hear of [...(followers.get(id) ?? [])]) hear(batch);
    return { taken };
  };

  return {
    append: async (id, items, options) => append(id, items, options),
    appendIfThere: async (id, items, options) => (current(id) === undefined ? null : append(id, items, options)),
    head: async (id) => current(id)?.head() ?? null,
    async follow(id, tell) {
      // A wish of its own, so that the same function may follow twice.
      const hear = (batch: Batch): void => tell(batch);
      const head = current(id)?.head();
      if (head !== undefined) hear(head);
      const all = followers.get(id) ?? new Set();
      followers.set(id, all.add(hear));
      return () => {
        if (all.delete(hear) && all.size === 0 && followers.get(id) === all) followers.delete(id);
      };
    },
  };
}
