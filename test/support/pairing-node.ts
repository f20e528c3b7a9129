import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryNodes } from "../../src/adapters/memory/nodes.ts";
import { createBusCourier } from "../../src/core/cluster/bus-courier.ts";
import type { Courier } from "../../src/core/cluster/courier.ts";
import { createMembership } from "../../src/core/cluster/leased-membership.ts";
import { createPairing } from "../../src/core/matchmaking/pairing.ts";
import type { Packing, Pairing, PairingListener } from "../../src/core/matchmaking/types.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Nodes } from "../../src/ports/nodes.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import type { Ticket, Tickets } from "../../src/ports/tickets.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What the nodes of a cluster share. */
export interface SharedGround {
  readonly bus: Bus;
  readonly nodes: Nodes;
}

export function createSharedGround(clock: VirtualClock): SharedGround {
  return { bus: createMemoryBus(), nodes: createMemoryNodes(clock) };
}

/** One node of a cluster that pairs its members with those of the others. */
export interface PairingNode {
  readonly pairing: Pairing;
  readonly courier: Courier;
  /** News of its members as short lines, such as `a waiting 1`, since this was last asked. */
  fresh(): string[];
  readonly failures: unknown[];
  /** Joins the others: beats, and hears what they ask. */
  start(): Promise<void>;
  /** Dies without a word: does not beat, hears nothing, and what it still does reaches nobody. */
  die(): void;
  /** Goes on as if it had only been paused. */
  wake(): void;
}

export interface PairingNodeOptions {
  readonly clock: VirtualClock;
  readonly tickets: Tickets;
  readonly ground?: SharedGround;
  readonly node?: string;
  readonly listener?: Partial<PairingListener>;
}

const packing: Packing = { pack: (message) => JSON.stringify(message), unpack: (text) => JSON.parse(text) as unknown };

export function createPairingNode(options: PairingNodeOptions): PairingNode {
  const { clock, tickets, ground = createSharedGround(clock), node = "n1" } = options;
  const news: string[] = [];
  const failures: unknown[] = [];
  const failed = (error: unknown): void => void failures.push(error);
  let isDead = false;
  const nobody = new Promise<never>(() => undefined);
  const bus: Bus = {
    publish: (channel, message) => (isDead ? nobody : ground.bus.publish(channel, message)),
    subscribe: (channel, hear) => ground.bus.subscribe(channel, hear),
    onGap: (tell) => ground.bus.onGap(tell),
  };
  const courier = createBusCourier({ node, bus, clock, failed });
  const membership = createMembership({
    node,
    nodes: {
      ...ground.nodes,
      beat: (one, ttlMs) =>
        isDead ? Promise.reject(new StoreUnavailable(new Error("away"))) : ground.nodes.beat(one, ttlMs),
    },
    clock,
    failed: (error) => (isDead ? undefined : failed(error)),
  });
  const pairing = createPairing({
    tickets,
    clock,
    courier,
    membership,
    queue: "test",
    packing,
    listener: {
      waiting: (id, position) => void news.push(`${id} waiting ${position}`),
      matched: (id, partner: Ticket, initiator) =>
        void news.push(`${id} meets ${partner.id}${initiator ? " and calls" : ""}`),
      relayed: (id, message) => void news.push(`${id} hears ${String(message)}`),
      parted: (id) => void news.push(`${id} parted`),
      overwhelmed: (id) => void news.push(`${id} overwhelmed`),
      failed,
      ...options.listener,
    },
  });
  let hearing = { end: (): void => undefined };
  return {
    pairing,
    courier,
    fresh: () => news.splice(0),
    failures,
    async start() {
      hearing = courier.start();
      await membership.start();
    },
    die() {
      isDead = true;
      hearing.end();
    },
    wake() {
      isDead = false;
      hearing = courier.start();
    },
  };
}
