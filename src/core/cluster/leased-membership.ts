import type { Clock, Timer } from "../../ports/clock.ts";
import type { ClusterNode, Nodes } from "../../ports/nodes.ts";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { BEAT_MS, LOOK_MS, NODE_LEASE_MS, type Membership } from "./membership.ts";

/** A membership over the nodes' leases. */
export function createMembership(deps: {
  readonly node: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  /** What this node says of itself with each beat. */
  figures?(): string;
  failed(error: unknown): void;
}): Membership {
  const { node, nodes, clock, failed } = deps;
  const clearers: ((node: string) => Promise<void>)[] = [];
  const hearers: (() => void)[] = [];
  /** Other nodes that have been there, and have not been cleared up after. */
  const known = new Set<string>();
  /** Those that are being cleared up after right now. */
  const clearing = new Set<string>();
  let living: readonly ClusterNode[] = [{ id: node, value: "" }];
  let ticking: Timer | null = null;
  let again: Timer | null = null;
  let isTicking = false;
  let isStopped = false;
  /** When this node last joined or prolonged its lease; null if it has never. */
  let beatAt: number | null = null;
  /** When it joined, for the first time or again. */
  let joinedAt = 0;
  let isAway = false;

  const tell = (): void => {
    for (const hear of hearers) {
      try {
        hear();
      } catch (error) {
        failed(error);
      }
    }
  };

  const beat = async (): Promise<void> => {
    const now = clock.now();
    if (!isAway && beatAt !== null && now - beatAt < BEAT_MS) return;
    const { wasLive } = await nodes.beat({ id: node, value: deps.figures?.() ?? "" }, NODE_LEASE_MS);
    const isFirst = beatAt === null && !isAway;
    const hasSlept = beatAt !== null && now - beatAt >= NODE_LEASE_MS;
    const isBack = !isFirst && (isAway || hasSlept || !wasLive);
    isAway = false;
    beatAt = now;
    if (isFirst || isBack) joinedAt = now;
    if (!isBack || isStopped) return;
    tell();
    again?.cancel();
    again = clock.after(NODE_LEASE_MS, tell);
  };

  const clear = async (gone: string): Promise<void> => {
    if (clearing.has(gone)) return;
    clearing.add(gone);
    try {
      const outcomes = await Promise.allSettled(clearers.map(async (one) => one(gone)));
      const failures = outcomes.filter((one) => one.status === "rejected");
      for (const { reason } of failures) failed(reason);
      if (failures.length > 0) return;
      await nodes.forget(gone);
      known.delete(gone);
    } catch (error) {
      failed(error);
    } finally {
      clearing.delete(gone);
    }
  };

  const look = async (): Promise<void> => {
    const live = await nodes.live();
    const ids = new Set(live.map(({ id }) => id));
    // The store has lost even this node: what it says of the others is worth nothing. Join again first.
    if (!ids.has(node)) isAway = true;
    // Where the store was away, or everybody asleep, the others have not had the time to come back themselves.
    const isNew = isAway || clock.now() - joinedAt < NODE_LEASE_MS;
    living = isNew ? [...live, ...living.filter(({ id }) => !ids.has(id))] : live;
    for (const id of ids) if (id !== node) known.add(id);
    if (isNew) return;
    const dead = await nodes.dead();
    if (isStopped) return;
    for (const one of new Set([...dead, ...known])) if (!ids.has(one)) void clear(one);
  };

  const tick = async (): Promise<void> => {
    if (isTicking || isStopped) return;
    isTicking = true;
    try {
      await beat();
      await look();
    } catch (error) {
      // One that has too much to do has lost nothing, and must not be told everything again on top.
      const isOut = error instanceof StoreUnavailable && !(error instanceof StoreOverloaded);
      // Once, and not at every attempt.
      if (!isOut || !isAway) failed(error);
      isAway ||= isOut;
    } finally {
      isTicking = false;
    }
  };

  return {
    node,
    isLive: (id) => id === node || living.some((one) => one.id === id),
    live: () => living,
    onDeath: (one) => void clearers.push(one),
    onReturn: (hear) => void hearers.push(hear),
    start() {
      ticking = clock.every(LOOK_MS, () => void tick());
      return tick();
    },
    async stop() {
      isStopped = true;
      ticking?.cancel();
      again?.cancel();
      await nodes.leave(node);
    },
  };
}
