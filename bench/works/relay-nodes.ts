import { join } from "node:path";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import type { Row, Target, Work } from "../harness/work.ts";
import { devicePairs, namedPairs, WIDE_BUDGETS } from "../load/device-pairs.ts";
import type { PairClient } from "../load/pairs.ts";
import { Cluster, costsOf, type Load } from "../load/relay-clusters.ts";
import { startPostgres } from "../../test/support/postgres.ts";

const PEOPLE = { users: 16, devicesEach: 10 };

/**
 * The part of their core that two nodes use when everything is measured. Not of the messages that they pass on at most:
 * those come all at once and share what carries them, and cost a fraction of those that come one by one. What one costs
 * is found out with so few a second.
 */
const LOAD = 0.2;
const FEW = 500;

/** By what factor eight nodes may differ from two: as much as two measurements of the same do. */
const SAME: Target = { atMost: 1.15 };

/**
 * How long each node passes on as much as gets through before it is measured, in s: code that has run less is being compiled
 * meanwhile, on the core of all nodes, and is several times as slow until then. And how long they do nothing then, so that
 * it is done: as long as it takes until each has beaten once.
 */
const WARM_S = 2;
const IDLE_S = 2;

const BARE = join(import.meta.dir, "../limits/relay-redis.ts");

function startOurNodes(count: number, database: string): Promise<Cluster> {
  const settings = { FACES: "devices", BUDGETS: WIDE_BUDGETS, DATABASE_URL: database };
  return Cluster.start(count, (redis) => startOurs({ ...settings, REDIS_URL: redis }));
}

/** Pairs of which each is on a node next to its partner's. */
async function between(servers: readonly Contender[]): Promise<readonly PairClient[]> {
  return devicePairs(servers.map(withPort), PEOPLE);
}

/** What holds for any relay of two processes: each message is published once, and answered once. */
function startBare(count: number): Promise<Cluster> {
  return Cluster.start(count, (redis) => startContender([process.execPath, BARE], { env: { REDIS_URL: redis } }));
}

function bareBetween(servers: readonly Contender[]): readonly PairClient[] {
  const ports = servers.map((server) => withPort(server).port);
  const clients = namedPairs(0, PEOPLE.users * PEOPLE.devicesEach);
  return clients.map((client, n) => ({ ...client, port: ports[((n >> 1) + (n % 2)) % ports.length]! }));
}

async function warm({ relay, cluster }: Load, seconds: number): Promise<void> {
  await relay.saturated(seconds);
  await cluster.rest(() => Bun.sleep(IDLE_S * 1_000));
}

function withPort({ url }: Contender): { readonly url: string; readonly port: number } {
  return { url, port: Number(new URL(url).port) };
}

/** Offers of 1.2 KB between devices on different nodes, over a Redis on the core of the load. All nodes share a core. */
export const relayNodes: Work = {
  name: "relay-nodes",
  title: "Devices relay between nodes, over Redis",
  needs: ["taskset", "gcc", "redis-server", "postgres"],
  async measure({ rounds, seconds, smoke, say }) {
    // So many servers and their stores are not worth their start there.
    if (smoke) return [];
    const postgres = await startPostgres();
    const started = new Set<Cluster>();
    const keep = async (starting: Promise<Cluster>): Promise<Cluster> => {
      const cluster = await starting;
      started.add(cluster);
      return cluster;
    };
    const start = async (count: number) => keep(startOurNodes(count, await postgres.createDatabase()));
    const stop = async ({ cluster }: Load): Promise<void> => {
      started.delete(cluster);
      await cluster.stop();
    };
    try {
      // Whatever runs shares the core with what is measured: only what a row compares is there at a time.
      const [oneNode, twoNodes] = [await start(1), await start(2)];
      const one = await oneNode.load(await between(oneNode.servers));
      const two = await twoNodes.load(await between(twoNodes.servers));
      const bareNodes = await keep(startBare(2));
      const bare = await bareNodes.load(bareBetween(bareNodes.servers));
      await warm(two, WARM_S);
      const [cost] = (await costsOf(1, seconds, { two: { load: two, perSecond: FEW } })).of("two", "cpu");
      const perSecond = Math.round((LOAD * 1e6) / cost! / 50) * 50;
      say(`a fifth of the core is ${perSecond} messages a second`);
      for (const load of [one, two, bare]) await warm(load, WARM_S);
      const near = await costsOf(rounds, seconds, {
        one: { load: one, perSecond },
        two: { load: two, perSecond },
        bare: { load: bare, perSecond },
      });
      await Promise.all([stop(one), stop(bare)]);
      // As many devices at as many nodes as before, with six more beside them.
      const eightNodes = await start(8);
      const twoOf = await eightNodes.load(await between(eightNodes.servers.slice(0, 2)));
      // The others have been at work for as long by now.
      await warm(twoOf, (2 + rounds) * WARM_S);
      // Twice the rounds, since what eight do without messages is not little beside them.
      const many = await costsOf(2 * rounds, seconds, {
        two: { load: two, perSecond },
        twoOf: { load: twoOf, perSecond },
      });
      const alone = near.of("one", "p99");
      const beside = (what: string, unit: string, figure: "cpu" | "p99"): Row => ({
        ...{ what, unit, generator: near.generator, ours: near.of("two", figure) },
        against: [{ name: "bare Bun relay over Redis", kind: "limit", samples: near.of("bare", figure) }],
      });
      const same = (what: string, unit: string, figure: "cpu" | "commands"): Row => ({
        ...{ what, unit, generator: many.generator, ours: many.of("twoOf", figure) },
        against: [{ name: "two nodes", kind: "limit", samples: many.of("two", figure), target: SAME }],
      });
      return [
        {
          what: "p99 at a fifth of the load, added by a second node",
          unit: "ms",
          ours: near.of("two", "p99").map((p99, round) => p99 - alone[round]!),
          against: [],
          target: { atMost: 2 },
          generator: near.generator,
        },
        beside("p99 at a fifth of the load, two nodes", "ms", "p99"),
        beside("a message between two nodes", "µs of CPU", "cpu"),
        same("a message between two nodes of eight", "µs of CPU", "cpu"),
        same("commands to Redis for each message between two nodes of eight", "commands", "commands"),
      ];
    } finally {
      await Promise.all([...started].map((cluster) => cluster.stop()));
      await postgres.stop();
    }
  },
};
