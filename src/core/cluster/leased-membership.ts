import type { Clock, Timer } from "../../ports/clock.ts";
import type { ClusterNode, Nodes } from "../../ports/nodes.ts";
import { BEAT_MS, NODE_LEASE_MS, type Membership } from "./membership.ts";

/** A membership over the nodes' leases. */
export function createMembership(deps: {
  readonly node: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  failed(error: unknown): void;
}): Membership {
  const { node, nodes, clock, failed } = deps;
  const clearers: ((node: string) => Promise<void>)[] = [];
  const hearers: (() => void)[] = [];
  let living: readonly ClusterNode[] = [{ id: node, value: "" }];
  let timer: Timer | null = null;
  let isAway = false;
  let isFirst = true;

  const clear = async (dead: string): Promise<void> => {
    await Promise.all(clearers.map((one) => one(dead)));
    await nodes.forget(dead);
  };

  const beat = async (): Promise<void> => {
    const { wasLive } = await nodes.beat({ id: node, value: "" }, NODE_LEASE_MS);
    const isBack = isAway || (!wasLive && !isFirst);
    isAway = false;
    isFirst = false;
    if (isBack) for (const hear of hearers) hear();
    living = await nodes.live();
    for (const dead of await nodes.dead()) await clear(dead);
  };

  const tick = async (): Promise<void> => {
    try {
      await beat();
    } catch (error) {
      isAway = true;
      failed(error);
    }
    timer = clock.after(BEAT_MS, () => void tick());
  };

  return {
    node,
    isLive: (id) => id === node || living.some((one) => one.id === id),
    live: () => living,
    onDeath: (one) => void clearers.push(one),
    onReturn: (tell) => void hearers.push(tell),
    start: tick,
    async stop() {
      timer?.cancel();
      await nodes.leave(node);
    },
  };
}
