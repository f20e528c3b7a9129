import type { Clock } from "../../../ports/clock.ts";
import type { ClusterNode, Nodes } from "../../../ports/nodes.ts";
import type { RedisCalls } from "../calls.ts";
import { amend } from "./amend.ts";
import { beat } from "./beat.ts";
import { dead } from "./dead.ts";
import { forget } from "./forget.ts";
import { leave } from "./leave.ts";
import { live } from "./live.ts";

export interface RedisNodesOptions {
  readonly calls: RedisCalls;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
  /** What these nodes are together; two clusters on one Redis have two names. */
  readonly cluster?: string;
}

/** Nodes that share a Redis: a sorted set of the ends of their leases, and a hash of what they say of themselves. */
export function createRedisNodes({ calls, clock, cluster = "nodes" }: RedisNodesOptions): Nodes {
  const keys = [`rendezvous:{${cluster}}:leases`, `rendezvous:{${cluster}}:values`];
  const now = (): number => clock?.now() ?? 0;
  return {
    async beat({ id, value }, ttlMs) {
      return { wasLive: (await calls.script(beat, keys, [now(), id, value, ttlMs])) === 1 };
    },
    live: async () => nodesOf((await calls.script(live, keys, [now()])) as string[]),
    dead: async () => nodesOf((await calls.script(dead, keys, [now()])) as string[]),
    forget: async (id) => (await calls.script(forget, keys, [now(), id])) === 1,
    amend: async (id, from, to) => (await calls.script(amend, keys, [now(), id, from, to])) === 1,
    async leave(id) {
      await calls.script(leave, keys, [id]);
    },
  };
}

/** Of {id, value, id, value, …}. */
function nodesOf(found: readonly string[]): readonly ClusterNode[] {
  return found.flatMap((id, at) => (at % 2 === 0 ? [{ id, value: found[at + 1] ?? "" }] : []));
}
