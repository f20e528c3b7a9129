import type { Clock, Timer } from "../../ports/clock.ts";
import type { ClusterNode, Nodes } from "../../ports/nodes.ts";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { Deaths } from "./deaths.ts";
import { BEAT_MS, LOOK_MS, NODE_LEASE_MS, type Membership } from "./membership.ts";
import { facesOf, writeNodeValue } from "./node-value.ts";

/** A membership over the nodes' leases. */
export function createMembership(deps: {
  readonly node: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  /** What this node serves. */
  readonly faces?: readonly string[];
  /** Of the program, for whoever looks at the cluster. */
  readonly version?: string;
  failed(error: unknown): void;
}): Membership {
  const { node, nodes, clock, failed, faces = [], version } = deps;
  const value = writeNodeValue(faces, version);
  const clearers: ((node: string) => Promise<void>)[] = [];
  const hearers: (() => void)[] = [];
  /** Other nodes that have been there, and have not been cleared up after. */
  const known = new Set<string>();
  /** Those that are being cleared up after right now. */
  const clearing = new Set<string>();
  const deaths = new Deaths(clock);
  let living: readonly ClusterNode[] = [{ id: node, value }];
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
    const { wasLive } = await nodes.beat({ id: node, value }, NODE_LEASE_MS);
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

  /** Of what a dead node served, this node has cleared up its own part. */
  const settle = async (gone: string, said: string): Promise<void> => {
    const rest = facesOf(said)?.filter((face) => !faces.includes(face)) ?? [];
    if (rest.length === 0) await nodes.forget(gone);
    else await nodes.amend(gone, said, writeNodeValue(rest));
  };

  /** Whether there may be something of a dead node that this one has to clear up. */
  const concerns = (said: string): boolean => {
    const left = facesOf(said) ?? [];
    return left.length === 0 || left.some((face) => faces.includes(face));
  };

  /** `said`: what the store has of it; null if nobody has to clear up for others any more. */
  const clear = async (gone: string, said: string | null): Promise<void> => {
    if (clearing.has(gone)) return;
    clearing.add(gone);
    deaths.died(gone);
    try {
      const outcomes = await Promise.allSettled(clearers.map(async (one) => one(gone)));
      const failures = outcomes.filter((one) => one.status === "rejected");
      for (const { reason } of failures) failed(reason);
      if (failures.length > 0) return;
      if (said !== null && concerns(said)) await settle(gone, said);
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
    deaths.look(new Set(living.map(({ id }) => id)));
    for (const id of ids) if (id !== node) known.add(id);
    if (isNew) return;
    const dead = new Map((await nodes.dead()).map((one) => [one.id, one.value]));
    if (isStopped) return;
    const toClear = new Set(known);
    for (const [id, said] of dead) if (concerns(said)) toClear.add(id);
    for (const id of toClear) if (!ids.has(id)) void clear(id, dead.get(id) ?? null);
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
    isDead: (id) => id !== node && deaths.isDead(id),
    heard: (id) => deaths.heard(id),
    serving: (face) => living.filter(({ value: said }) => facesOf(said)?.includes(face) ?? true).map(({ id }) => id),
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
