import type { Logger } from "pino";
import { createMemoryRates } from "../adapters/memory/rates.ts";
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
import { steadyClock } from "../adapters/system/clock.ts";
import { systemRandom } from "../adapters/system/random.ts";
import { createSteadyRates } from "../core/limits/steady-rates.ts";
import { unheard, type StoreCalls } from "../ports/store-calls.ts";
import { noTraces, type Traces } from "../ports/traces.ts";
import { embeddedEngine, type Engine } from "./engine.ts";
import { createFailureLog } from "./failures.ts";
import { tracedBus } from "./tracing/bus.ts";

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
