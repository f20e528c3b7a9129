import { createBusCourier, type BusCourier } from "../core/cluster/bus-courier.ts";
import type { Courier } from "../core/cluster/courier.ts";
import { createMembership } from "../core/cluster/leased-membership.ts";
import type { Membership } from "../core/cluster/membership.ts";
import type { Subscription } from "../ports/bus.ts";
import { noTraces, type Traces } from "../ports/traces.ts";
import type { Engine } from "./engine.ts";
import type { FaceName } from "./face-names.ts";
import type { FailureLog } from "./failures.ts";
import { version } from "./version.ts";

/** This process as a node among others; on the embedded engine there are no others. */
export interface ClusterLink {
  readonly courier: Courier;
  readonly membership: Membership;
  /** How many questions to other nodes wait for their answer. */
  waiting(): number;
  /** Joins, without waiting for it. Everything that serves questions of other nodes has said so by now. */
  start(): void;
  /**
   * Ends. `isCleared`: what this node had has been cleared away, so that it may leave; otherwise its lease just runs
   * out, and the others clear up after it.
   */
  stop(isCleared: boolean): Promise<void>;
}

export function createClusterLink(
  engine: Engine,
  node: string,
  faces: readonly FaceName[],
  report: FailureLog,
  traces: Traces = noTraces,
): ClusterLink {
  const { bus, nodes, clock } = engine;
  const failed = (error: unknown): void => report("a step between the nodes failed", error);
  const courier: BusCourier = createBusCourier({
    node,
    bus,
    clock,
    failed,
    traces,
    // One that was not seen yet is not live, and hears nothing before its subscription is in force: that is no death.
    isLive: (id) => !membership.isDead(id),
  });
  const membership: Membership = createMembership({ node, faces, version, nodes, clock, failed });
  membership.onDeath(async (dead) => courier.gone(dead));
  let subscription: Subscription | null = null;
  return {
    courier,
    membership,
    waiting: () => courier.waiting(),
    start() {
      subscription = courier.start();
      membership.start().catch(failed);
    },
    async stop(isCleared) {
      if (isCleared) await membership.stop();
      subscription?.end();
    },
  };
}
