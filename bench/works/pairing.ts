import { join } from "node:path";
import { startRedis } from "../../test/support/redis.ts";
import { startAsked, type Asked } from "../harness/asked.ts";
import { startOurs } from "../harness/contender.ts";
import { LOAD_CORE, moveToCore } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Bench, Row, Work } from "../harness/work.ts";

const program = join(import.meta.dir, "../load/pairing.ts");

/** How many wait on one side, in process and with a socket each. */
const [FEW, MANY, MANY_SOCKETS] = [100, 100_000, 9_000];

const SOCKETS = {
  FACES: "video-chat",
  SOCKETS_PER_ADDRESS: "0",
  BUDGETS: "connect=address:1000000/1s; join=address:1000000/1s,socket:1000000/1s; message=address:1000000/1s",
};

/** How much more a pairing may cost where many wait. */
const FLAT = { atMost: 1.3 } as const;

/**
 * Joins of the video chat that meet somebody at once, while many or few others wait. A hundred thousand sockets at once
 * need more descriptors than a process may have, so the core and its stores are driven in one process, without them; as
 * many as there may be are measured over the wire.
 */
export const pairing: Work = {
  name: "pairing",
  title: "Video-chat pairing",
  needs: ["redis-server", "taskset"],
  async measure(bench) {
    const rows = await embedded(bench);
    return bench.smoke ? rows : [...rows, await overRedis(bench), await overSockets(bench)];
  },
};

async function embedded({ rounds, seconds, say }: Bench): Promise<Row[]> {
  say("embedded");
  const [few, many] = await startBoth(seconds);
  try {
    const samples = await inRounds(rounds, { few: () => few.measure(), many: () => many.measure() });
    return [
      {
        what: `CPU a pairing, ${MANY} waiting`,
        unit: "µs",
        ours: samples.of("many", "cpuMicros"),
        against: [{ name: `${FEW} waiting`, kind: "limit", samples: samples.of("few", "cpuMicros"), target: FLAT }],
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
  for (const { pid } of stores) moveToCore(LOAD_CORE, pid);
  const nodes = await startBoth(
    seconds / 2,
    stores.map(({ url }) => url),
  );
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

/** The processor time of the server for a woman who connects, joins, meets somebody and goes, and for him who joins anew. */
async function overSockets({ rounds, seconds, say }: Bench): Promise<Row> {
  say("over sockets");
  const servers = await Promise.all([startOurs(SOCKETS), startOurs(SOCKETS)]);
  const crowd = join(import.meta.dir, "../load/waiting-sockets.ts");
  const start = (url: string, waiting: number): Promise<Asked> =>
    startAsked([crowd, url, `${waiting}`, `${seconds / 2}`], LOAD_CORE);
  const crowds = await Promise.all([start(servers[0].url, FEW), start(servers[1].url, MANY_SOCKETS)]);
  const measure = (at: 0 | 1) => async (): Promise<Figures> => {
    const before = cpuSeconds(servers[at].pid);
    const { pairings, generator } = await crowds[at].measure();
    return { cpuMicros: ((cpuSeconds(servers[at].pid) - before) * 1e6) / pairings!, generator: generator! };
  };
  try {
    for (const at of [0, 1] as const) await measure(at)();
    const samples = await inRounds(rounds, { few: measure(0), many: measure(1) });
    return {
      what: `CPU of who comes, meets and goes, over sockets, ${MANY_SOCKETS} waiting`,
      unit: "µs",
      ours: samples.of("many", "cpuMicros"),
      against: [{ name: `${FEW} waiting`, kind: "limit", samples: samples.of("few", "cpuMicros"), target: FLAT }],
      generator: samples.most("generator"),
    };
  } finally {
    await Promise.all([...crowds, ...servers].map((one) => one.stop()));
  }
}

function startBoth(seconds: number, stores: readonly string[] = []): Promise<[Asked, Asked]> {
  const start = (waiting: number, at: number): Promise<Asked> =>
    startAsked([program, `${waiting}`, `${seconds}`, ...stores.slice(at, at + 1)]);
  return Promise.all([start(FEW, 0), start(MANY, 1)]);
}
