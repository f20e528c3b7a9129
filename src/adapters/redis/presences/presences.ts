import type { Clock } from "../../../ports/clock.ts";
import type { Entered, NewPresence, Presence, Presences, Room } from "../../../ports/presences.ts";
import { atOnce } from "../at-once.ts";
import type { RedisCalls } from "../calls.ts";
import type { Script } from "../script.ts";
import { enter } from "./enter.ts";
import { leave } from "./leave.ts";
import { list } from "./list.ts";
import { NodeIndex } from "./node-index.ts";
import { prolong } from "./prolong.ts";
import { restore } from "./restore.ts";

export interface RedisPresencesOptions {
  readonly calls: RedisCalls;
  readonly kind: string;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
}

/** Groups that one verb asks for at once. */
const GROUPS_AT_ONCE = 128;

/** Members of one group that one script prolongs. */
const MEMBERS_AT_ONCE = 500;

/** Presences that several nodes share. A group is one key, so that every verb is one script for each group. */
export function createRedisPresences({ calls, kind, clock }: RedisPresencesOptions): Presences {
  const index = new NodeIndex(calls, kind, clock);
  const call = (step: Script, group: string, ...args: (string | number)[]): Promise<unknown> =>
    calls.script(step, [`rendezvous:{presence:${kind}:${group}}`], [clock?.now() ?? 0, ...args]);
  const membersOf = async (group: string): Promise<readonly Presence[]> =>
    ((await call(list, group)) as Reply[]).map((reply) => presenceOf(group, reply));
  const membersOfEach = async (groups: Iterable<string>): Promise<ReadonlyMap<string, readonly Presence[]>> => {
    const found = await atOnce(GROUPS_AT_ONCE, [...new Set(groups)], async (group) => ({
      group,
      members: await membersOf(group),
    }));
    return new Map(found.filter(({ members }) => members.length > 0).map(({ group, members }) => [group, members]));
  };
  const enterIfRoom = async (
    presence: NewPresence,
    ttlMs: number,
    { most, without }: Room,
  ): Promise<Entered | null> => {
    const { group, member, connection, node, value } = presence;
    await index.add(node, [presence], ttlMs);
    const reply = await call(enter, group, ttlMs, member, connection, node, value, most, ...without);
    if (reply === null) {
      index.drop(node, presence);
      return null;
    }
    const [since, former] = reply as [number, Reply | undefined];
    return { since, former: former === undefined ? null : presenceOf(group, former) };
  };
  const prolongGroup = async (presences: readonly Presence[], ttlMs: number): Promise<Presence[]> => {
    const names = presences.flatMap(({ member, connection }) => [member, connection]);
    const others = (await call(prolong, presences[0]!.group, ttlMs, ...names)) as number[];
    return others.map((at) => presences[at]!);
  };

  return {
    enter: async (presence, ttlMs) => (await enterIfRoom(presence, ttlMs, { most: 0, without: [] }))!,
    enterIfRoom,
    async restore(presence, ttlMs) {
      const { group, member, connection, node, value, since } = presence;
      await index.add(node, [presence], ttlMs);
      const reply = (await call(restore, group, ttlMs, member, connection, node, value, since)) as Reply | number;
      if (typeof reply === "number") return { stands: null, wasGone: reply === 1 };
      index.drop(node, presence);
      return { stands: presenceOf(group, reply), wasGone: false };
    },
    async prolong(presences, ttlMs) {
      for (const [node, held] of by(presences, ({ node }) => node)) await index.add(node, held, ttlMs);
      const batches = [...by(presences, ({ group }) => group).values()].flatMap((all) => pagesOf(all, MEMBERS_AT_ONCE));
      const others = await atOnce(GROUPS_AT_ONCE, batches, (batch) => prolongGroup(batch, ttlMs));
      return others.flat();
    },
    async leave(group, member, connection) {
      const reply = (await call(leave, group, member, connection)) as [number, string] | null;
      if (reply === null) return false;
      const [wasLive, node] = reply;
      index.drop(node, { group, member, connection });
      return wasLive === 1;
    },
    of: membersOfEach,
    async *ofNode(node) {
      for await (const entries of index.pages(node)) {
        const groups = await membersOfEach(entries.map(({ group }) => group));
        const isEntry = new Set(entries.map(({ connection }) => connection));
        const page = [...groups.values()].flat().filter((one) => one.node === node && isEntry.has(one.connection));
        if (page.length > 0) yield page;
      }
    },
  };
}

/** As the scripts' `reply` writes it. */
type Reply = [member: string, connection: string, node: string, value: string, since: number];

function presenceOf(group: string, [member, connection, node, value, since]: Reply): Presence {
  return { group, member, connection, node, value, since };
}

function by(presences: readonly Presence[], key: (one: Presence) => string): Map<string, Presence[]> {
  const sorted = new Map<string, Presence[]>();
  for (const one of presences) {
    const name = key(one);
    const same = sorted.get(name);
    if (same === undefined) sorted.set(name, [one]);
    else same.push(one);
  }
  return sorted;
}

function pagesOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
