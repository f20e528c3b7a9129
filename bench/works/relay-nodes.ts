import { join } from "node:path";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { LOAD_CORE, moveToCore } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";
import { devicePairs, namedPairs, WIDE_BUDGETS } from "../load/device-pairs.ts";
import type { PairClient } from "../load/pairs.ts";
import { commandsOf } from "../load/redis-commands.ts";
import { startRelay } from "../load/relay-run.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { startRedis } from "../../test/support/redis.ts";

const PEOPLE = { users: 16, devicesEach: 10 };

/**
 * The part of their core that two nodes use when everything is measured. Not of the messages that they pass on at most:
 * those come all at once and share what carries them, and cost a fraction of those that come one by one. What one costs
 * is found out with so few a second.
 */
const LOAD = 0.2;
const FEW = 500;

/**
 * By what factor eight nodes may differ from two, each as busy as each of those: as much as two measurements of the same
 * do. They are half as busy as for the p99, so that eight of them do not use up the one core that all share.
 */
const SAME = 1.15;

/**
 * How long each node passes on as much as gets through before it is measured, in s: code that has run less is being compiled
 * meanwhile, on the core of all nodes, and is several times as slow until then. And how long they do nothing, to see what that costs: as long as it takes until each has beaten once.
 */
const WARM_S = 3;
const IDLE_S = 2;

const BARE = join(import.meta.dir, "../limits/relay-redis.ts");

/** Some nodes, a Redis of their own, and devices in pairs of which each is on a node next to its partner's. */
interface Nodes {
  /** Lets them pass on as many messages as get through, for so long, and then do nothing. */
  warm(seconds: number): Promise<void>;
  /** `cpu` and `commands` are what messages cost beside what the nodes do without any. */
  steady(perSecond: number, seconds: number): Promise<Figures>;
  stop(): Promise<unknown>;
}

/** @param start a node, or what is held against it, that uses this Redis */
async function startNodes(
  count: number,
  start: (redis: string) => Promise<Contender>,
  clientsOf: (servers: readonly Contender[]) => Promise<readonly PairClient[]>,
): Promise<Nodes> {
  const redis = await startRedis();
  moveToCore(LOAD_CORE, redis.pid);
  const servers: Contender[] = [];
  for (let n = 0; n < count; n++) servers.push(await start(redis.url));
  const relay = await startRelay(servers, await clientsOf(servers), true);

  const used = async () => ({
    cpu: servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0) * 1e6,
    commands: await commandsOf(redis.url),
  });
  const idle = { cpu: 0, commands: 0 };
  return {
    async warm(seconds) {
      await relay.saturated(seconds);
      const before = await used();
      await Bun.sleep(IDLE_S * 1_000);
      const after = await used();
      idle.cpu = (after.cpu - before.cpu) / IDLE_S;
      idle.commands = (after.commands - before.commands) / IDLE_S;
    },
    async steady(perSecond, seconds) {
      const before = await used();
      const { p50, p99, generator } = await relay.steady(perSecond, seconds);
      const after = await used();
      const each = (what: "cpu" | "commands") =>
        (after[what] - before[what] - idle[what] * seconds) / (perSecond * seconds);
      return { p50: p50!, p99: p99!, generator: generator!, cpu: each("cpu"), commands: each("commands") };
    },
    stop: () => Promise.all([relay.stop(), redis.stop()]),
  };
}

async function startOurNodes(count: number, database: string): Promise<Nodes> {
  const settings = { FACES: "devices", BUDGETS: WIDE_BUDGETS, DATABASE_URL: database };
  const start = (redis: string) => startOurs({ ...settings, REDIS_URL: redis });
  return startNodes(count, start, (servers) => devicePairs(servers.map(withPort), PEOPLE));
}

/** What holds for any relay of two processes: each message is published once, and answered once. */
function startBare(count: number): Promise<Nodes> {
  const start = (redis: string) => startContender([process.execPath, BARE], { env: { REDIS_URL: redis } });
  return startNodes(count, start, async (servers) => {
    const ports = servers.map((server) => withPort(server).port);
    const clients = namedPairs(0, PEOPLE.users * PEOPLE.devicesEach);
    return clients.map((client, n) => ({ ...client, port: ports[((n >> 1) + (n % 2)) % count]! }));
  });
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
    const started = new Set<Nodes>();
    const keep = async (starting: Promise<Nodes>): Promise<Nodes> => {
      const nodes = await starting;
      started.add(nodes);
      return nodes;
    };
    const start = async (count: number) => keep(startOurNodes(count, await postgres.createDatabase()));
    const stop = async (nodes: Nodes): Promise<void> => {
      started.delete(nodes);
      await nodes.stop();
    };
    try {
      // Whatever runs shares the core with what is measured: only what a row compares is there at a time.
      const [one, two, bare] = [await start(1), await start(2), await keep(startBare(2))];
      await two.warm(WARM_S);
      const { cpu: cost } = await two.steady(FEW, seconds);
      const rate = Math.round((LOAD * 1e6) / cost! / 50) * 50;
      say(`a fifth of the core is ${rate} messages a second`);
      for (const nodes of [one, two, bare]) await nodes.warm(WARM_S);
      const near = await inRounds(rounds, {
        one: () => one.steady(rate, seconds),
        two: () => two.steady(rate, seconds),
        bare: () => bare.steady(rate, seconds),
      });
      await Promise.all([stop(one), stop(bare)]);
      const eight = await start(8);
      // Each gets a quarter of the core that each of two gets, who have been warmed up twice.
      await eight.warm(8 * WARM_S);
      const ofEach = rate / 4;
      const many = await inRounds(rounds, {
        two: () => two.steady(2 * ofEach, seconds),
        eight: () => eight.steady(8 * ofEach, seconds),
      });
      const alone = near.of("one", "p99");
      const [nearBusy, manyBusy] = [near.most("generator"), many.most("generator")];
      const beside = (what: string, unit: string, figure: string): Row => ({
        ...{ what, unit, generator: nearBusy, ours: near.of("two", figure) },
        against: [{ name: "bare Bun relay over Redis", kind: "limit", samples: near.of("bare", figure) }],
      });
      const same = (what: string, unit: string, figure: string): Row => ({
        ...{ what, unit, generator: manyBusy, ours: many.of("eight", figure) },
        against: [{ name: "two nodes", kind: "limit", samples: many.of("two", figure), target: { atMost: SAME } }],
      });
      return [
        {
          what: "p99 at a fifth of the load, added by a second node",
          unit: "ms",
          ours: near.of("two", "p99").map((p99, round) => p99 - alone[round]!),
          against: [],
          target: { atMost: 2 },
          generator: nearBusy,
        },
        beside("p99 at a fifth of the load, two nodes", "ms", "p99"),
        beside("a message between two nodes", "µs of CPU", "cpu"),
        same("a message between two of eight nodes, each as busy as each of two", "µs of CPU", "cpu"),
        same("commands to Redis for each message, eight such nodes", "commands", "commands"),
      ];
    } finally {
      await Promise.all([...started].map((nodes) => nodes.stop()));
      await postgres.stop();
    }
  },
};
