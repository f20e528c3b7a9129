import { join } from "node:path";
import { startRedis } from "../../test/support/redis.ts";
import { startAsked, type Asked } from "../harness/asked.ts";
import { startOurs } from "../harness/contender.ts";
import { LOAD_CORE, moveToCore } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Bench, Row, Work } from "../harness/work.ts";

/** How many wait on one side, in process and with a socket each. */
const [FEW, MANY, MANY_SOCKETS] = [100, 100_000, 9_000];

const SOCKETS = {
  FACES: "video-chat",
  SOCKETS_PER_ADDRESS: "0",
  BUDGETS: "connect=address:1000000/1s; join=address:1000000/1s,socket:1000000/1s; message=address:1000000/1s",
};

/** How long is paired in a round where no socket is, in s: so many pairings that all who wait have met somebody. */
const INSIDE_S = 1;

/** How much more a pairing may cost where many wait. */
const FLAT = { atMost: 1.3 } as const;

const WITH_FEW = { name: `${FEW} waiting`, kind: "limit" } as const;

const BAREST = { name: "a list and a table of names", kind: "limit" } as const;

/** How many times what the barest line costs. */
const OF_BAREST = { atMost: 5 } as const;

/**
 * Joins of the video chat that meet somebody at once, while many or few others wait. A hundred thousand sockets at once
 * need more descriptors than a process may have: as many as there may be are measured over the wire, and what more who
 * wait add is measured without sockets, in one process.
 */
export const pairing: Work = {
  name: "pairing",
  title: "Video-chat pairing",
  needs: ["redis-server", "taskset"],
  async measure(bench) {
    if (bench.smoke) return [await besideBarest(bench)];
    const { rows: inside, added } = await inProcess(bench);
    const sockets = await overSockets(bench);
    return [sockets.row, withMany(sockets.few, added), await overRedis(bench), ...inside];
  },
};

const PAIRING = `CPU a pairing in one process, without sockets, ${MANY} waiting`;

/** What keeps its ratio however fast the machine is. */
async function besideBarest({ rounds, seconds }: Bench): Promise<Row> {
  const [ours, bare] = await Promise.all([ofOurs, ofBarest].map((of) => startAsked(of(MANY, seconds))));
  try {
    const samples = await inRounds(rounds, { ours: () => ours!.measure(), bare: () => bare!.measure() });
    return {
      ...{ what: PAIRING, unit: "µs", ours: samples.of("ours", "cpuMicros"), generator: 0 },
      against: [{ ...BAREST, samples: samples.of("bare", "cpuMicros"), target: OF_BAREST }],
    };
  } finally {
    await Promise.all([ours, bare].map((one) => one!.stop()));
  }
}

/** What a pairing takes without sockets, and what `added` to it, in µs, is due to how many wait. */
async function inProcess({ rounds, say }: Bench): Promise<{ rows: Row[]; added: readonly number[] }> {
  say("in one process");
  const commands = [FEW, MANY].flatMap((waiting) => [ofOurs(waiting, INSIDE_S), ofBarest(waiting, INSIDE_S)]);
  const [few, fewBare, many, manyBare] = await Promise.all(commands.map((command) => startAsked(command)));
  try {
    const samples = await inRounds(rounds, {
      few: () => few!.measure(),
      many: () => many!.measure(),
      fewBare: () => fewBare!.measure(),
      manyBare: () => manyBare!.measure(),
    });
    const [ofFew, ofMany] = [samples.of("few", "cpuMicros"), samples.of("many", "cpuMicros")];
    const [ofFewBare, ofManyBare] = [samples.of("fewBare", "cpuMicros"), samples.of("manyBare", "cpuMicros")];
    const added = ofMany.map((micros, round) => micros - ofFew[round]!);
    const addedBare = ofManyBare.map((micros, round) => micros - ofFewBare[round]!);
    const rows: Row[] = [
      {
        ...{ what: PAIRING, unit: "µs", ours: ofMany, generator: 0 },
        against: [
          { ...BAREST, samples: ofManyBare, target: OF_BAREST },
          { ...WITH_FEW, samples: ofFew },
        ],
      },
      {
        ...{ what: `what ${MANY} instead of ${FEW} waiting add to that`, unit: "µs", ours: added, generator: 0 },
        against: [{ ...BAREST, samples: addedBare }],
      },
    ];
    return { rows, added };
  } finally {
    await Promise.all([few, fewBare, many, manyBare].map((one) => one!.stop()));
  }
}

/** As over sockets with few, and with what many add in one process: so many sockets a process may not have. */
function withMany(few: readonly number[], added: readonly number[]): Row {
  return {
    what: `CPU of who comes, meets and goes, over sockets, ${MANY} waiting`,
    unit: "µs",
    ours: few.map((micros, round) => micros + added[round]!),
    against: [{ ...WITH_FEW, samples: few, target: FLAT }],
    generator: 0,
    note:
      `a process may not have so many descriptors here: it is what ${FEW} waiting cost over sockets, and what ${MANY} add ` +
      "to that in one process without them.",
  };
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
      against: [{ ...WITH_FEW, samples: samples.of("few", "cpuMicros"), target: FLAT }],
      generator: 0,
    };
  } finally {
    await Promise.all([...nodes, ...stores].map((one) => one.stop()));
  }
}

/** The processor time of the server for a woman who connects, joins, meets somebody and goes, and for him who joins anew. */
async function overSockets({ rounds, seconds, say }: Bench): Promise<{ row: Row; few: readonly number[] }> {
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
    const few = samples.of("few", "cpuMicros");
    const row: Row = {
      what: `CPU of who comes, meets and goes, over sockets, ${MANY_SOCKETS} waiting`,
      unit: "µs",
      ours: samples.of("many", "cpuMicros"),
      against: [{ ...WITH_FEW, samples: few, target: FLAT }],
      generator: samples.most("generator"),
    };
    return { row, few };
  } finally {
    await Promise.all([...crowds, ...servers].map((one) => one.stop()));
  }
}

function startBoth(seconds: number, stores: readonly string[]): Promise<[Asked, Asked]> {
  const start = (waiting: number, at: number): Promise<Asked> => startAsked([...ofOurs(waiting, seconds), stores[at]!]);
  return Promise.all([start(FEW, 0), start(MANY, 1)]);
}

function ofOurs(waiting: number, seconds: number): string[] {
  return [join(import.meta.dir, "../load/pairing.ts"), `${waiting}`, `${seconds}`];
}

function ofBarest(waiting: number, seconds: number): string[] {
  return [join(import.meta.dir, "../limits/line.ts"), `${waiting}`, `${seconds}`];
}
