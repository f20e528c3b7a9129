import type { Bus } from "../../../ports/bus.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Mail, Mailboxes, Selection } from "../../../ports/mailboxes.ts";
import type { RedisCalls } from "../calls.ts";
import type { Script } from "../script.ts";
import { AGAIN } from "./common.ts";
import { drop } from "./drop.ts";
import { newest } from "./newest.ts";
import { post } from "./post.ts";
import { read } from "./read.ts";
import { Watches } from "./watches.ts";

export interface RedisMailboxesOptions {
  readonly calls: RedisCalls;
  readonly bus: Bus;
  readonly timers: Clock;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
  /** Keeps mailboxes of several uses of one Redis apart. */
  readonly name?: string;
}

/** How much longer than their mail the keys live, in ms: cursors must not fall back when a mailbox was forgotten. */
const LONGER_MS = 60_000;

/** Mailboxes that several nodes share. Every verb is one script, hence one step; the bus tells of what was posted. */
export function createRedisMailboxes({ calls, bus, timers, clock, name = "mail" }: RedisMailboxesOptions): Mailboxes {
  const prefixOf = (mailbox: string): string => `rendezvous:{${name}:${mailbox}}`;
  const call = async (step: Script, mailbox: string, ...args: (string | number)[]): Promise<unknown> => {
    for (;;) {
      const reply = await calls.script(step, [prefixOf(mailbox)], [clock?.now() ?? 0, ...args]);
      if (reply !== AGAIN) return reply;
    }
  };
  const watches = new Watches({
    bus,
    clock: timers,
    channelOf: (mailbox) => `${name}:${mailbox}`,
    async stateOf(mailbox) {
      const key = `${prefixOf(mailbox)}:state`;
      const [cursor, dropped] = await calls.command(() => calls.redis.hmget(key, "cursor", "dropped"));
      return { cursor: cursor ?? null, dropped: dropped ?? null };
    },
  });

  return {
    async post(draft, { sender, mailbox }) {
      const { kind, from, to, content, ttlMs, supersedes } = draft;
      const bounds = [sender.count, sender.bytes, mailbox.count, mailbox.bytes];
      const args = [kind, from, named(to), content, ttlMs, LONGER_MS, ...bounds, ...supersedes];
      const reply = (await call(post, draft.mailbox, ...args)) as string | ["sender" | "mailbox"];
      if (typeof reply !== "string") return { full: reply[0] };
      watches.posted(draft.mailbox, draft);
      return { cursor: Number(reply) };
    },
    async read(mailbox, selection, after, limit) {
      return ((await call(read, mailbox, ...wanted(selection), after, limit)) as Reply[]).map(mailOf);
    },
    async newest(mailbox, selection) {
      const [found] = (await call(newest, mailbox, ...wanted(selection))) as Reply[];
      return found === undefined ? null : mailOf(found);
    },
    watch: (mailbox, selection, tell) => watches.begin(mailbox, selection, tell),
    async drop(mailbox) {
      await call(drop, mailbox, LONGER_MS);
      watches.dropped(mailbox);
    },
    // Every verb forgets what has run out in its mailbox, and one that nobody asks for any more ends by its keys' time.
    sweep: async () => 0,
  };
}

/** As the scripts return a mail. */
type Reply = [cursor: string, kind: string, from: string, to: string, content: string];

function mailOf([cursor, kind, from, to, content]: Reply): Mail {
  return { cursor: Number(cursor), kind, from, to: to === "" ? null : to.slice(1), content };
}

/** A name that may be missing, as the scripts take it: an empty name is one, too. */
function named(name: string | null | undefined): string {
  return name === null || name === undefined ? "" : `=${name}`;
}

function wanted({ kind, reader, addressee }: Selection): readonly string[] {
  return [named(kind), named(reader), named(addressee)];
}
