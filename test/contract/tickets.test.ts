import { describe, expect, test } from "bun:test";
import { Cluster, Redis } from "ioredis";
import { createMemoryTickets } from "../../src/adapters/memory/tickets.ts";
import { RedisCalls } from "../../src/adapters/redis/calls.ts";
import { createRedisTickets } from "../../src/adapters/redis/tickets/tickets.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom as random } from "../../src/adapters/system/random.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import type { Ticket, Tickets } from "../../src/ports/tickets.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { ticketsContract } from "./tickets.ts";

ticketsContract("memory", (clock) => {
  const queues = new Map<string, Tickets>();
  return (queue) => {
    const tickets = queues.get(queue) ?? createMemoryTickets({ clock, random });
    queues.set(queue, tickets);
    return tickets;
  };
});

const ticket = (id: string, node: string): Ticket => ({
  id,
  entry: 1,
  node,
  side: "any",
  seeks: "any",
  attributes: null,
  avoid: [],
});

let stores = 0;
forEachRedis((adapter, makeCalls, redis) => {
  ticketsContract(adapter, (clock) => {
    const store = stores++;
    return (queue) => createRedisTickets({ calls: makeCalls(), random, queue: `test-${store}:${queue}`, clock });
  });

  describe(`tickets on ${adapter}, from several nodes`, () => {
    const connect = () => {
      const urls = redis().url.split(",");
      return urls.length === 1 ? new Redis(urls[0]!) : new Cluster(urls);
    };

    test("1,001 places that race from five connections give 500 matches, nobody twice", async () => {
      const connections = Array.from({ length: 5 }, connect);
      const nodes = connections.map((connection) =>
        createRedisTickets({ calls: new RedisCalls(connection, systemClock), random, queue: "race" }),
      );
      const placed = await Promise.all(
        Array.from({ length: 1_001 }, (_, at) => nodes[at % 5]!.place(ticket(`t${at}`, `n${at % 5}`))),
      );
      const pairs = placed.flatMap((one) =>
        one?.status === "matched" ? [one.match.earlier.id, one.match.later.id] : [],
      );
      expect(pairs).toHaveLength(1_000);
      expect(new Set(pairs).size).toBe(1_000);
      expect(await nodes[0]!.counts()).toEqual({ waiting: { any: 1 }, matches: 500 });
      for (const connection of connections) connection.disconnect();
    });

    test("leave nothing behind but the number of arrivals, all in one slot", async () => {
      const tickets = createRedisTickets({ calls: makeCalls(), random, queue: "tidy" });
      await tickets.place({ ...ticket("a", "n1"), avoid: [{ id: "b", forMs: 60_000 }] });
      await tickets.place(ticket("b", "n2"));
      const placed = await tickets.place(ticket("c", "n2"));
      expect(Math.abs((placed as { match: { madeAt: number } }).match.madeAt - systemClock.now())).toBeLessThan(10_000);
      await tickets.end((placed as { match: { id: string } }).match.id);
      await tickets.withdraw("b");
      const { connection } = redis();
      const masters = connection instanceof Cluster ? connection.nodes("master") : [connection];
      const left = (await Promise.all(masters.map((master) => master.keys("*{tickets:tidy}*")))).flat();
      expect(new Set(left.map((key) => key.split("}")[1]))).toEqual(new Set([":arrival", ":matches"]));
    });
  });
});

test("tickets in a Redis that is away: every verb says so", async () => {
  const nobody = new Redis({ port: 1, host: "127.0.0.1", lazyConnect: true, retryStrategy: () => null });
  nobody.on("error", () => undefined);
  const tickets = createRedisTickets({ calls: new RedisCalls(nobody, systemClock), random, queue: "away" });
  const first = async () => tickets.ofNode("n1")[Symbol.asyncIterator]().next();
  for (const verb of [() => tickets.place(ticket("a", "n1")), () => tickets.end("m"), () => tickets.counts(), first])
    await expect(verb()).rejects.toBeInstanceOf(StoreUnavailable);
  nobody.disconnect();
});
