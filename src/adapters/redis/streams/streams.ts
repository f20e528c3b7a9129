import type { Bus } from "../../../ports/bus.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { AppendOptions, Appended, Item, Streams } from "../../../ports/streams.ts";
import type { RedisCalls } from "../calls.ts";
import { append } from "./append.ts";
import { Follower, type Head, type Live } from "./follower.ts";
import { head } from "./head.ts";

export interface RedisStreamsOptions {
  readonly calls: RedisCalls;
  readonly bus: Bus;
  readonly timers: Clock;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
  /** Keeps streams of several uses of one Redis apart. */
  readonly name?: string;
}

/** How much longer than their stream the keys live, in ms: positions must not fall back when it was forgotten. */
const LONGER_MS = 60_000;

/** Streams that several nodes share: an append is one script and one message on the bus. */
export function createRedisStreams({ calls, bus, timers, clock, name = "stream" }: RedisStreamsOptions): Streams {
  const keysOf = (stream: string): readonly string[] => [`rendezvous:{${name}:${stream}}`];
  const channelOf = (stream: string): string => `${name}:${stream}`;
  const now = (): number => clock?.now() ?? 0;
  const read = async (stream: string): Promise<Head | null> => {
    const reply = (await calls.script(head, keysOf(stream), [now()])) as HeadReply | null;
    return reply && headOf(reply);
  };

  /** `must`: "1" if the stream must be there; null: it is not. */
  const take = async (
    stream: string,
    items: readonly Item[],
    { ttlMs, bounds }: AppendOptions,
    must: "" | "1",
  ): Promise<Appended | null> => {
    const args = [now(), ttlMs, LONGER_MS, bounds.count, bounds.bytes, must, ...items.flatMap(argsOf)];
    const [marks, position, previous] = (await calls.script(append, keysOf(stream), args)) as AppendReply;
    if (marks === "missing") return null;
    if (marks === "full") return { isFull: true };
    const taken = items.map((_, at) => marks[at] === "1");
    if (position !== "0") {
      const fresh = items.filter((_, at) => taken[at]);
      const live: Live = {
        position: Number(position),
        previous: Number(previous),
        items: fresh.map(({ kind, content }) => ({ kind, content })),
        hasEnded: fresh.at(-1)?.isLast ?? false,
      };
      // Nobody waits for it: who follows finds what gets lost by looking.
      bus.publish(channelOf(stream), JSON.stringify(live)).catch(() => undefined);
    }
    return { taken };
  };

  return {
    append: async (stream, items, options) => (await take(stream, items, options, ""))!,
    appendIfThere: (stream, items, options) => take(stream, items, options, "1"),
    async head(stream) {
      const found = await read(stream);
      if (found === null) return null;
      return { items: found.items.map(({ kind, content }) => ({ kind, content })), hasEnded: found.hasEnded };
    },
    async follow(stream, hear) {
      const follower = new Follower({ clock: timers, read: () => read(stream), hear });
      await follower.start(bus, channelOf(stream));
      return () => follower.end();
    },
  };
}

function argsOf({ kind, content, remains, once, after, restarts, isLast }: Item): readonly (string | number)[] {
  const number = after?.number ?? 0;
  return [
    kind,
    content,
    remains,
    named(once),
    named(after?.key),
    number,
    named(restarts?.key),
    restarts?.at ?? 0,
    restarts?.reach ?? 0,
    restarts?.forMs ?? 0,
    isLast === true ? "1" : "",
  ];
}

function named(name: string | undefined): string {
  return name === undefined ? "" : `=${name}`;
}

type AppendReply = [marks: string, position: string, previous: string];
type HeadReply = [
  position: string,
  hasEnded: string,
  items: [position: string, place: number, kind: string, content: string][],
];

function headOf([position, hasEnded, items]: HeadReply): Head {
  const found = items.map(([position, place, kind, content]) => ({ position: Number(position), place, kind, content }));
  return {
    position: Number(position),
    hasEnded: hasEnded === "1",
    items: found.sort((a, b) => a.position - b.position || a.place - b.place),
  };
}
