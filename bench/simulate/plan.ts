import type { Costs } from "./costs.ts";

/** What there is, what happens to it, and what clients do then. */
export interface Plan {
  readonly seed: number;
  readonly costs: Costs;
  /** Devices that are to be online in the end. */
  readonly clients: number;
  /** Of these, those that lose their connection. */
  readonly lost: number;
  /** They notice it at moments of their own between this and so much later, in ms. */
  readonly noticedFromMs: number;
  readonly noticedWithinMs: number;
  /** Their presences are in this region's Redis, and are taken out if they are not back in time. */
  readonly isOwnLoss: boolean;
  /** Node processes, each with a core. */
  readonly nodes: number;
  /** Connections that wait for a node to take them up: in the kernel, in its event loop, or in a proxy before it. */
  readonly room: number;
  /** How long they may wait there, in ms. */
  readonly patienceMs: number;
  /** What of a node's core goes to messages when everybody is online. */
  readonly nodeLoad: number;
  /** Redis servers that users are spread over, each with a core. */
  readonly shards: number;
  /** Cores of the database. */
  readonly databaseCores: number;
  /** First and longest bound of the wait before an attempt, in ms: client/src/time.ts has 250 and 10,000. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Without a proxy: 512 wait to be accepted, which is what Bun asks the kernel for, and as many events as its loop takes at a
 * time; and the runtime cuts a connection that has not said within 10 s what it wants.
 */
const BARE = { room: 512 + 1_024, patienceMs: 10_000 } as const;

/** A proxy that takes all that comes, and hands on as much as a node has room for. */
export const PROXY = { room: 25_000, patienceMs: 60_000 } as const;

/**
 * Ten million devices on hardware that carries them with room to spare: 400 nodes of 25,000, 40 Redis servers, 48 cores of
 * PostgreSQL. All are cut off in the same instant, and notice within 50 ms.
 */
export function storm(costs: Costs, changes: Partial<Plan> = {}): Plan {
  return {
    ...{
      seed: 1,
      costs,
      clients: 10_000_000,
      lost: 10_000_000,
      noticedFromMs: 0,
      noticedWithinMs: 50,
      isOwnLoss: true,
    },
    ...{ nodes: 400, nodeLoad: 0.25, shards: 40, databaseCores: 48, firstMs: 250, longestMs: 10_000 },
    ...BARE,
    ...changes,
  };
}

/**
 * A region of half of them falls silent, and what leads clients to a region (DNS, anycast) points to the other one by the
 * time they notice: a ping every 30 s, and 75 s of silence (client/src/device-socket.ts), so 45 to 75 s later.
 */
export function failover(costs: Costs, changes: Partial<Plan> = {}): Plan {
  return storm(costs, {
    ...{ lost: 5_000_000, noticedFromMs: 45_000, noticedWithinMs: 30_000, isOwnLoss: false },
    ...changes,
  });
}

/** One node of {@link storm}'s goes down for a restart: its clients are told over 80 % of DRAIN_SECONDS. */
export function drain(costs: Costs, seconds: number, changes: Partial<Plan> = {}): Plan {
  const { clients, nodes } = storm(costs);
  return storm(costs, {
    ...{ lost: clients / nodes, noticedWithinMs: Math.max(50, seconds * 800), nodes: nodes - 1, isOwnLoss: false },
    ...changes,
  });
}

/** Devices that all come back to one node without stores and without TLS, as bench/works/registering.ts has them. */
export function oneNode(costs: Costs, clients: number, changes: Partial<Plan> = {}): Plan {
  // No store and no upkeep worth counting: what is measured of a device is all there is.
  const alone: Costs = {
    ...costs,
    ...{ handshakeUs: 0.4 * costs.embeddedUs, registerUs: 0.6 * costs.embeddedUs, redisUs: 0.01, postgresUs: 0.01 },
    ...{ nodeUpkeepUs: 0, redisUpkeepUs: 0, postgresUpkeepUs: 0 },
  };
  // The measured clients do not wait before they come back.
  return storm(alone, { clients, lost: clients, nodes: 1, nodeLoad: 0, noticedWithinMs: 10, firstMs: 10, ...changes });
}
