import { startOurs } from "../harness/contender.ts";
import { LOAD_CORE } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";
import { devicePairs, WIDE_BUDGETS } from "../load/device-pairs.ts";
import { commandsOf } from "../load/redis-commands.ts";
import { startRelay } from "../load/relay-run.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { startRedis } from "../../test/support/redis.ts";
import type { RunningServer } from "../../test/support/server.ts";

const PEOPLE = { users: 16, devicesEach: 10 };

/** The part of what two nodes pass on at most at which everything is measured. */
const LOAD = 0.2;

/** By what factor eight nodes may differ from two: as much as two measurements of the same do. */
const SAME = 1.15;

/** Some nodes, a Redis of their own, and devices in pairs of which each is on a node next to its partner's. */
interface Nodes {
  /** Messages a second that get through. */
  most(seconds: number): Promise<number>;
  /** `cpu` and `commands` are what messages cost beside what the nodes do without any. */
  steady(perSecond: number, seconds: number): Promise<Figures>;
  stop(): Promise<unknown>;
}

async function startNodes(count: number, database: string): Promise<Nodes> {
  const redis = await startRedis();
  Bun.spawnSync(["taskset", "--all-tasks", "--cpu-list", "--pid", `${LOAD_CORE}`, `${redis.pid}`]);
  const settings = { FACES: "devices", BUDGETS: WIDE_BUDGETS, REDIS_URL: redis.url, DATABASE_URL: database };
  const servers: RunningServer[] = [];
  for (let n = 0; n < count; n++) servers.push(await startOurs(settings));
  const relay = await startRelay(servers, await devicePairs(servers, PEOPLE), true);

  const used = async () => ({
    cpu: servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0) * 1e6,
    commands: await commandsOf(redis.url),
  });
  const idleBefore = await used();
  await Bun.sleep(1_000);
  const idleAfter = await used();
  const idle = { cpu: idleAfter.cpu - idleBefore.cpu, commands: idleAfter.commands - idleBefore.commands };
  return {
    most: async (seconds) => (await relay.saturated(seconds))["perSecond"]!,
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

/** Offers of 1.2 KB between devices on different nodes, over a Redis on the core of the load. All nodes share a core. */
export const relayNodes: Work = {
  name: "relay-nodes",
  title: "Devices relay between nodes, over Redis",
  needs: ["taskset", "gcc", "redis-server", "postgres"],
  async measure({ rounds, seconds, smoke, say }) {
    // Nine servers and their stores are not worth their start there.
    if (smoke) return [];
    const postgres = await startPostgres();
    const started: Nodes[] = [];
    const start = async (count: number): Promise<Nodes> => {
      const nodes = await startNodes(count, await postgres.createDatabase());
      started.push(nodes);
      return nodes;
    };
    try {
      const [one, two, eight] = [await start(1), await start(2), await start(8)];
      const rate = Math.round(((await two.most(seconds)) * LOAD) / 100) * 100;
      say(`a fifth of the load is ${rate} messages a second`);
      const samples = await inRounds(rounds, {
        one: () => one.steady(rate, seconds),
        two: () => two.steady(rate, seconds),
        eight: () => eight.steady(rate, seconds),
      });
      const generator = samples.most("generator");
      const alone = samples.of("one", "p99");
      const same = (what: string, unit: string, figure: string): Row => ({
        ...{ what, unit, generator, ours: samples.of("eight", figure) },
        against: [{ name: "two nodes", kind: "limit", samples: samples.of("two", figure), target: { atMost: SAME } }],
      });
      return [
        {
          what: "p99 at a fifth of the load, added by a second node",
          unit: "ms",
          ours: samples.of("two", "p99").map((p99, round) => p99 - alone[round]!),
          against: [],
          target: { atMost: 2 },
          generator,
        },
        same("a message between two of eight nodes", "µs of CPU", "cpu"),
        same("commands to Redis for each message, eight nodes", "commands", "commands"),
      ];
    } finally {
      await Promise.all(started.map((nodes) => nodes.stop()));
      await postgres.stop();
    }
  },
};
