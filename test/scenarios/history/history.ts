import { writeFileSync } from "node:fs";

export type Face = "host-pool" | "coordinator" | "devices" | "arena" | "streams" | "rooms" | "video-chat";

/** What of a request's outcome its sender can know. */
export type Fate =
  /** 2xx: done. */
  | "done"
  /** 4xx: not done. */
  | "refused"
  /** 5xx, or an answer that never came: done or not. */
  | "unknown";

interface What {
  /** A request and what came of it. `at` is when the answer came. */
  asked: { face: Face; what: string; askedAt: number; status: number | null; fate: Fate; retryAfter: boolean };
  /** A host was given away by find: at some moment between `askedAt` and `at`. */
  allocated: { host: string; askedAt: number };
  /** Something that ends an allocation was asked for, and done between `askedAt` and `until`, or not at all. */
  freed: { host: string; askedAt: number; until: number };
  /** All that was kept in memory was lost, at some moment since. Nobody promises that allocations outlive it. */
  forgot: { since: number };
  /** A ticket learned of its match. `by`: who says so; `match` as everybody in it would call it. */
  matched: { queue: "arena" | "chat"; ticket: string; match: string };
  /** After all was quiet: tickets that still waited although they would take one another. */
  stranded: { queue: "arena" | "chat"; side: string; tickets: string[] };
  /** A write that must last; from `askedAt` on it may be seen. One writer for a key, one write at a time. */
  wrote: { key: string; value: string; askedAt: number; fate: Fate };
  /** A read after all writing. Null: there is nothing. */
  read: { key: string; value: string | null };
  /** Somebody can be seen from `askedAt` at the earliest and `at` at the latest. `socket` is never used again. */
  registered: { presence: "device" | "host"; who: string; socket: string; askedAt: number };
  /** It beat; hosts have no connection. */
  beat: { presence: "device" | "host"; who: string; askedAt: number; fate: Fate };
  /** Its connection ended: `clean` if both sides know. */
  left: { presence: "device" | "host"; who: string; socket: string; clean: boolean };
  /** Somebody looked: these were there, of those it may see. */
  saw: { presence: "device" | "host"; watcher: string; askedAt: number; there: string[]; maySee: string[] };
  /** Message `n` of a sender's socket to a receiver; counted from 0 for each pair. */
  sent: { channel: string; from: string; socket: string; to: string; n: number };
  /** It came, by a socket of the receiver. `fromSocket` is the one that it was sent by. */
  delivered: { channel: string; from: string; fromSocket: string; to: string; socket: string; n: number };
  /** Its sender was told that one of its messages to this receiver will not come. */
  refused: { channel: string; from: string; socket: string; to: string; why: string };
  /** A connection for messages opened and ended. */
  opened: { channel: string; who: string; socket: string };
  closed: { channel: string; who: string; socket: string; code: number };
  /** A counter as shown, and as counted from what it counts. */
  counted: { counter: string; said: number; counted: number };
  /** A rating of an agent for a match, in a store or on the chain. */
  posted: { where: string; match: string; agent: string };
  /** What a node used. */
  measured: { phase: "base" | "after"; rssBytes: number; descriptors: number; gauges: Record<string, number> };
  struck: { fault: string };
  healed: { fault: string };
  /** Nothing was asked for any more, and everything under way had its time. */
  quiet: { populations: number };
  /** A node ended by itself, or was told something that it must not say. */
  crashed: { code: number; words: string };
}

export type Kind = keyof What;
export type Of<K extends Kind> = { readonly kind: K; readonly at: number; readonly node: string | null } & What[K];
/** Something that was observed at `at` (performance.now(), ms), through a node if one was asked. */
export type HistoryEvent = { [K in Kind]: Of<K> }[Kind];

/** What happened, as seen from outside; only ever added to. */
export class History {
  readonly #events: HistoryEvent[] = [];
  readonly seed: number;
  readonly #now: () => number;

  constructor(seed = 0, now = () => performance.now()) {
    this.seed = seed;
    this.#now = now;
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Adds an event that is happening now. */
  add<K extends Kind>(kind: K, what: What[K], node: string | null = null): void {
    this.#events.push({ kind, at: this.#now(), node, ...what } as unknown as HistoryEvent);
  }

  /** All of some kind, in order. */
  of<K extends Kind>(kind: K): Of<K>[] {
    return this.#events.filter((one) => one.kind === kind) as unknown as Of<K>[];
  }

  /** Writes it as JSON lines, the seed first. */
  dump(file: string): void {
    const lines = [{ kind: "seed", seed: this.seed }, ...this.#events].map((one) => JSON.stringify(one));
    writeFileSync(file, `${lines.join("\n")}\n`);
  }
}
