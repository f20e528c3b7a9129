import type { Logger } from "pino";
import { createMemoryBus } from "../adapters/memory/bus.ts";
import { createMemoryHandovers } from "../adapters/memory/handovers.ts";
import { createMemoryHomes } from "../adapters/memory/homes.ts";
import { createMemoryLeases } from "../adapters/memory/leases.ts";
import { createMemoryMailboxes } from "../adapters/memory/mailboxes.ts";
import { createMemoryNodes } from "../adapters/memory/nodes.ts";
import { createMemoryPresences } from "../adapters/memory/presences.ts";
import { createMemoryRates } from "../adapters/memory/rates.ts";
import { createMemoryStreams } from "../adapters/memory/streams.ts";
import { createMemoryTickets } from "../adapters/memory/tickets.ts";
import { createRedisBus } from "../adapters/redis/bus/bus.ts";
import { Publisher } from "../adapters/redis/bus/publisher.ts";
import { Subscriptions } from "../adapters/redis/bus/subscriptions.ts";
import { createRedisWireChannel } from "../adapters/redis/bus/wire-channel.ts";
import { RedisCalls } from "../adapters/redis/calls.ts";
import { createRedisHandovers } from "../adapters/redis/handovers/handovers.ts";
import { createRedisHomes } from "../adapters/redis/homes/homes.ts";
import { createRedisLeases } from "../adapters/redis/leases/leases.ts";
import { createRedisMailboxes } from "../adapters/redis/mailboxes/mailboxes.ts";
import { createRedisPresences } from "../adapters/redis/presences/presences.ts";
import { openRedis } from "../adapters/redis/link.ts";
import { createRedisNodes } from "../adapters/redis/nodes/nodes.ts";
import { createRedisRates } from "../adapters/redis/rates/rates.ts";
import { createRedisStreams } from "../adapters/redis/streams/streams.ts";
import { createRedisTickets } from "../adapters/redis/tickets/tickets.ts";
import { createRedisWireFields } from "../adapters/redis/wire-fields/wire-fields.ts";
import { createRedisWireKeys } from "../adapters/redis/wire-keys/wire-keys.ts";
import { steadyClock, systemClock } from "../adapters/system/clock.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { createSteadyRates } from "../core/limits/steady-rates.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Handovers } from "../ports/handovers.ts";
import type { Homes } from "../ports/homes.ts";
import type { LeasePages } from "../ports/lease-pages.ts";
import type { Leases } from "../ports/leases.ts";
import type { Mailboxes } from "../ports/mailboxes.ts";
import type { Nodes } from "../ports/nodes.ts";
import type { Presences } from "../ports/presences.ts";
import type { Random } from "../ports/random.ts";
import type { Rates } from "../ports/rates.ts";
import { unheard, type StoreCalls } from "../ports/store-calls.ts";
import type { Streams } from "../ports/streams.ts";
import type { Tickets } from "../ports/tickets.ts";
import { noTraces, type Traces } from "../ports/traces.ts";
import type { WireChannel } from "../ports/wire-channel.ts";
import type { WireFields } from "../ports/wire-fields.ts";
import type { WireKeys } from "../ports/wire-keys.ts";
import { createFailureLog } from "./failures.ts";
import { tracedBus } from "./tracing/bus.ts";

/** The adapters this process runs on. */
export interface Engine {
  /** For people: what keeps the state. */
  readonly about: string;
  /** What everything is measured by; never jumps. */
  readonly clock: Clock;
  /** For times that others read, or have written: tokens and TURN credentials. */
  readonly timeOfDay: Clock;
  readonly random: Random;
  readonly mailboxes: Mailboxes;
  readonly streams: Streams;
  readonly rates: Rates;
  readonly handovers: Handovers;
  readonly bus: Bus;
  readonly nodes: Nodes;
  leases(pool: string): Leases & LeasePages;
  tickets(queue: string): Tickets;
  presences(kind: string): Presences;
  homes(kind: string): Homes;
  /** Null where no store is shared with programs of another make. */
  readonly wireKeys: WireKeys | null;
  /** Null likewise. */
  readonly wireChannel: WireChannel | null;
  readonly wireFields: WireFields | null;
  /** Waits until the stores answer, or for a moment at most: without them the server is degraded, not down. */
  ready(): Promise<void>;
  /** How Redis is doing; embedded: there is none. */
  redis(): "healthy" | "unhealthy" | "embedded";
  /** What is wrong with a store right now, in words; empty when all is well. */
  troubles(): readonly string[];
  close(): void;
}

/** Everything in this process. */
export function embeddedEngine(): Engine {
  // Two who ask for one kind must see the same, as they do in Redis.
  const presences = new Map<string, Presences>();
  return {
    about: "embedded (one node, state in memory)",
    clock: steadyClock,
    timeOfDay: systemClock,
    random: systemRandom,
    tickets: () => createMemoryTickets({ clock: steadyClock, random: systemRandom }),
    mailboxes: createMemoryMailboxes(steadyClock),
    streams: createMemoryStreams(steadyClock),
    bus: createMemoryBus(),
    nodes: createMemoryNodes(steadyClock),
    leases: () => createMemoryLeases(steadyClock),
    presences(kind) {
      const known = presences.get(kind) ?? createMemoryPresences(steadyClock);
      presences.set(kind, known);
      return known;
    },
    homes: () => createMemoryHomes(steadyClock),
    rates: createMemoryRates({ clock: steadyClock }),
    handovers: createMemoryHandovers(steadyClock),
    wireKeys: null,
    wireChannel: null,
    wireFields: null,
    ready: async () => undefined,
    redis: () => "embedded",
    troubles: () => [],
    close: () => undefined,
  };
}

/** How long the start waits for Redis to answer, in ms. */
const FIRST_CONNECTION_MS = 2_000;

/** A Redis, or a Redis Cluster, that several nodes share. */
export function redisEngine(url: string, log: Logger, heard: StoreCalls = unheard, traces: Traces = noTraces): Engine {
  const clock = steadyClock;
  const link = openRedis({
    url,
    clock,
    news: {
      lost: (why) => log.error({ err: why }, "redis is not reachable"),
      up: (about, wasLost) => log.info(wasLost ? `${about} is back` : `${about} is connected`),
    },
  });
  // The nodes' beats and messages go by calls of their own: a crowd of lookups must neither take this node for dead nor
  // keep it from answering the others.
  const calls = new RedisCalls(link, clock, heard);
  const refusals = createFailureLog({ log, clock, troubles: () => link.troubles() });
  const subscriptions = new Subscriptions({
    link,
    clock,
    random: systemRandom,
    refused: (error) => refusals("redis refuses a subscription", error),
  });
  const publisher = new Publisher(link, clock);
  const bus = tracedBus(createRedisBus({ calls: calls.apart(), link, publisher, subscriptions }), traces);
  const troubles = (): readonly string[] => {
    const found = link.troubles();
    return found.length === 0 && calls.isStuck ? ["redis does not answer"] : found;
  };
  return {
    ...embeddedEngine(),
    about: "redis (shared by all nodes)",
    leases: (pool) =>
      createRedisLeases({
        calls,
        pool,
        lost: () => log.warn({ pool }, "redis has lost its data: nothing is claimed for as long as a claim lasts"),
      }),
    tickets: (queue) => createRedisTickets({ calls, random: systemRandom, queue }),
    homes: (kind) => createRedisHomes({ calls, kind }),
    mailboxes: createRedisMailboxes({ calls, bus, timers: clock }),
    streams: createRedisStreams({ calls, bus, timers: clock }),
    handovers: createRedisHandovers({ calls }),
    rates: createSteadyRates({
      shared: createRedisRates({ calls }),
      local: createMemoryRates({ clock }),
      clock,
    }),
    bus,
    nodes: createRedisNodes({ calls: calls.apart() }),
    presences: (kind) => createRedisPresences({ calls, kind }),
    wireKeys: createRedisWireKeys(calls),
    wireChannel: createRedisWireChannel({ calls, publisher, subscriptions }),
    wireFields: createRedisWireFields(calls),
    async ready() {
      await Promise.race([link.tried, new Promise<void>((over) => void clock.after(FIRST_CONNECTION_MS, over))]);
    },
    redis: () => (troubles().length === 0 ? "healthy" : "unhealthy"),
    troubles,
    close() {
      subscriptions.close();
      link.close();
    },
  };
}
