import { join } from "node:path";
import { startRedis } from "../../test/support/redis.ts";
import { startAsked, type Asked } from "../harness/asked.ts";
import { LOAD_CORE } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Bench, Row, Work } from "../harness/work.ts";

const program = join(import.meta.dir, "../load/pairing.ts");

/** How many wait on one side. */
const [FEW, MANY] = [100, 100_000];

/** How much more a pairing may cost where many wait. */
const FLAT = { atMost: 1.3 } as const;

/**
 * Joins of the video chat that meet somebody at once, while many or few others wait. So many sockets at once would need
 * more descriptors than a process may have, so its core and its stores are driven in one process, without the sockets.
 */
export const pairing: Work = {
  name: "pairing",
  title: "Video-chat pairing, in process",
  needs: ["redis-server"],
  async measure(bench) {
    const rows = await embedded(bench);
    return bench.smoke ? rows : [...rows, await overRedis(bench)];
  },
};

async function embedded({ rounds, seconds, say }: Bench): Promise<Row[]> {
  say("embedded");
  const [few, many] = await startBoth(seconds / 2);
  try {
    const samples = await inRounds(rounds, { few: () => few.measure(), many: () => many.measure() });
    return [
      {
        what: `CPU a pairing, ${MANY} waiting`,
        unit: "µs",
        ours: samples.of("many", "cpuMicros"),
        against: [
          { name: `${FEW} waiting`, kind: "limit", samples: samples.of("few", "cpuMicros"), target: FLAT },
        ],
        generator: 0,
      },
    ];
  } finally {
    await Promise.all([few.stop(), many.stop()]);
  }
}

/** The processor time of the node and of Redis together. */
async function overRedis({ rounds, seconds, say }: Bench): Promise<Row> {
  say("over Redis");
  const stores = await Promise.all([startRedis(), startRedis()]);
  for (const { pid } of stores) Bun.spawnSync(["taskset", "--all-tasks", "--pid", "--cpu-list", `${LOAD_CORE}`, `${pid}`]);
  const nodes = await startBoth(seconds / 2, stores.map(({ url }) => url));
  const measure = (at: 0 | 1) => async (): Promise<Figures> => {
    const before = cpuSeconds(stores[at].pid);
    const figures = await nodes[at].measure();
    const redis = ((cpuSeconds(stores[at].pid) - before) * 1e6) / figures["pairings"]!;
    return { cpuMicros: figures["cpuMicros"]! + redis };
  };
  try {
    const samples = await inRounds(rounds, { few: measure(0), many: measure(1) });
    return {
      what: `CPU a pairing over Redis, ${MANY} waiting`,
      unit: "µs",
      ours: samples.of("many", "cpuMicros"),
      against: [{ name: `${FEW} waiting`, kind: "limit", samples: samples.of("few", "cpuMicros"), target: FLAT }],
      generator: 0,
    };
  } finally {
    await Promise.all([...nodes, ...stores].map((one) => one.stop()));
  }
}

function startBoth(seconds: number, stores: readonly string[] = []): Promise<[Asked, Asked]> {
  const start = (waiting: number, at: number): Promise<Asked> =>
    startAsked([program, `${waiting}`, `${seconds}`, ...stores.slice(at, at + 1)]);
  return Promise.all([start(FEW, 0), start(MANY, 1)]);
}
