import { Redis } from "ioredis";
import type { Logger } from "pino";
import { createMemoryBus } from "../adapters/memory/bus.ts";
import { createMemoryHomes } from "../adapters/memory/homes.ts";
import { createMemoryLeases } from "../adapters/memory/leases.ts";
import { createMemoryMailboxes } from "../adapters/memory/mailboxes.ts";
import { createMemoryNodes } from "../adapters/memory/nodes.ts";
import { createMemoryPresences } from "../adapters/memory/presences.ts";
import { createMemoryRates } from "../adapters/memory/rates.ts";
import { createMemoryStreams } from "../adapters/memory/streams.ts";
import { createMemoryTickets } from "../adapters/memory/tickets.ts";
import { RedisCalls } from "../adapters/redis/calls.ts";
import { createRedisLeases } from "../adapters/redis/leases/leases.ts";
import { createRedisMailboxes } from "../adapters/redis/mailboxes/mailboxes.ts";
import { createRedisRates } from "../adapters/redis/rates/rates.ts";
import { createRedisStreams } from "../adapters/redis/streams/streams.ts";
import { createRedisWireKeys } from "../adapters/redis/wire-keys/wire-keys.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { createSteadyRates } from "../core/limits/steady-rates.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Homes } from "../ports/homes.ts";
import type { Leases } from "../ports/leases.ts";
import type { Mailboxes } from "../ports/mailboxes.ts";
import type { Nodes } from "../ports/nodes.ts";
import type { Presences } from "../ports/presences.ts";
import type { Random } from "../ports/random.ts";
import type { Rates } from "../ports/rates.ts";
import type { Streams } from "../ports/streams.ts";
import type { Tickets } from "../ports/tickets.ts";
import type { WireKeys } from "../ports/wire-keys.ts";

/** The adapters this process runs on. */
export interface Engine {
  /** For people: what keeps the state. */
  readonly about: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly tickets: Tickets;
  readonly mailboxes: Mailboxes;
  readonly streams: Streams;
  readonly rates: Rates;
  readonly bus: Bus;
  readonly nodes: Nodes;
  leases(pool: string): Leases;
  presences(kind: string): Presences;
  homes(kind: string): Homes;
  /** Null where no store is shared with programs of another make. */
  readonly wireKeys: WireKeys | null;
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
  return {
    about: "embedded (one node, state in memory)",
    clock: systemClock,
    random: systemRandom,
    tickets: createMemoryTickets({ clock: systemClock, random: systemRandom }),
    mailboxes: createMemoryMailboxes(systemClock),
    streams: createMemoryStreams(systemClock),
    bus: createMemoryBus(),
    nodes: createMemoryNodes(systemClock),
    leases: () => createMemoryLeases(systemClock),
    presences: () => createMemoryPresences(systemClock),
    homes: () => createMemoryHomes(systemClock),
    rates: createMemoryRates({ clock: systemClock }),
    wireKeys: null,
    ready: async () => undefined,
    redis: () => "embedded",
    troubles: () => [],
    close: () => undefined,
  };
}

/** How long the start waits for Redis to answer, in ms. */
const FIRST_CONNECTION_MS = 2_000;

/** The host pool in a Redis that several nodes share. */
export function redisEngine(url: string, log: Logger): Engine {
  const redis = new Redis(url, {
    connectionName: "rendezvous",
    // A caller hears at once that Redis is away; nothing waits in a queue without an end.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  const calls = new RedisCalls(redis, systemClock);
  let away = false;
  redis.on("error", (error: Error) => {
    if (!away) log.error({ err: error.message }, "redis is not reachable");
    away = true;
  });
  redis.on("ready", () => {
    log.info(away ? "redis is back" : "redis is connected");
    away = false;
  });
  const connected = new Promise<void>((settled) => {
    redis.once("ready", settled);
    redis.once("error", () => settled());
    systemClock.after(FIRST_CONNECTION_MS, settled);
  });
  const bus = createMemoryBus();
  return {
    ...embeddedEngine(),
    bus,
    mailboxes: createRedisMailboxes({ calls, bus, timers: systemClock }),
    streams: createRedisStreams({ calls, bus, timers: systemClock }),
    about: "redis (host pool shared by all nodes)",
    leases: (pool) => createRedisLeases({ calls, pool }),
    rates: createSteadyRates({
      shared: createRedisRates({ calls }),
      local: createMemoryRates({ clock: systemClock }),
      clock: systemClock,
    }),
    wireKeys: createRedisWireKeys(calls),
    ready: () => connected,
    redis: () => (redis.status === "ready" && !calls.isStuck ? "healthy" : "unhealthy"),
    troubles() {
      if (redis.status !== "ready") return ["redis is not reachable"];
      return calls.isStuck ? ["redis does not answer"] : [];
    },
    close: () => redis.disconnect(),
  };
}
