import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENT, startContender, startOurs, type Contender } from "../harness/contender.ts";
import { cpuSecondsOfTree } from "../harness/processes.ts";
import { inRounds, Refused, warmUp, type Figures } from "../harness/rounds.ts";
import type { Bench, Rival, Row, Target, Work } from "../harness/work.ts";
import { BEATS, FINDS, FREE_AGAIN, POOL, register, WIDE } from "../load/hosts.ts";
import { askInTurn } from "../load/requests.ts";
import type { PlainRequest } from "../load/serial.ts";

const here = import.meta.dir;

/** At most so much more of the processor than the bare route; the target says it the other way round. */
const MOST_OF_BARE = 1.333;
/** Enough for the peer, which finds fewer a second and would take a minute to hear of all the others. */
const PEERS_POOL = 20_000;

/** What FastAPI needs (scripts/test/requirements.mjs). */
const PYTHON = [
  "/usr/lib/python3/dist-packages/fastapi/__init__.py",
  "/usr/lib/python3/dist-packages/uvicorn/__init__.py",
  "/usr/lib/python3/dist-packages/httptools/__init__.py",
  "/usr/lib/python3/dist-packages/uvloop/__init__.py",
];

/** A thousand hosts that say that they are there, on one node without stores. */
export const heartbeat: Work = {
  name: "heartbeat",
  title: "Heartbeat, embedded",
  needs: ["gcc", "taskset", ...PYTHON],
  smokeNeeds: ["gcc", "taskset"],
  measure: (bench) =>
    stopping(async (start) => {
      const ours = await start(() => startOurs({ FACES: "host-pool", BUDGETS: WIDE }));
      const bare = await start(startBare);
      // By hand it has no target that the short form could compare, and what the peer needs is not everywhere.
      const byHand = bench.smoke ? null : await start(startByHand);
      const fastapi = bench.smoke ? null : await start(startFastApi);
      return rowOf("heartbeat", BEATS, bench, { ours, bare, byHand, fastapi });
    }),
};

/** Clients that find one of many idle hosts each. */
export const find: Work = {
  name: "find",
  title: "Find, embedded",
  needs: ["gcc", "taskset", ...PYTHON],
  smokeNeeds: [],
  measure: (bench) =>
    stopping(async (start) => {
      if (bench.smoke) return [];
      const ours = await start(() => startOurs({ FACES: "host-pool", BUDGETS: WIDE, ...FREE_AGAIN, ...PATIENT }));
      const bare = await start(startBare);
      const byHand = await start(startByHand);
      const fastapi = await start(startFastApi);
      bench.say(`${POOL} hosts`);
      await register(ours.url, POOL);
      await register(byHand.url, POOL);
      await register(fastapi.url, PEERS_POOL);
      return rowOf("find", FINDS, bench, { ours, bare, byHand, fastapi });
    }),
};

interface Contenders {
  readonly ours: Contender;
  readonly bare: Contender;
  readonly byHand: Contender | null;
  readonly fastapi: Contender | null;
}

const RIVALS: readonly (readonly [keyof Contenders, Omit<Rival, "samples">])[] = [
  ["bare", { name: "bare Bun route", kind: "limit" }],
  ["byHand", { name: "the same by hand, in one function", kind: "limit" }],
  ["fastapi", { name: "FastAPI, SQLite", kind: "peer" }],
];

async function rowOf(what: string, requests: readonly PlainRequest[], bench: Bench, all: Contenders): Promise<Row[]> {
  const { rounds, seconds } = bench;
  const there = Object.entries(all).filter((entry): entry is [string, Contender] => entry[1] !== null);
  const measures = Object.fromEntries(there.map(([name, one]) => [name, () => loaded(one, requests, seconds)]));
  await warmUp(measures);
  const samples = await inRounds(rounds, measures);
  const rivals = (figure: string, targets: Partial<Record<keyof Contenders, Target>> = {}): Rival[] =>
    RIVALS.filter(([name]) => all[name] !== null).map(([name, rival]) => {
      const target = targets[name];
      return { ...rival, samples: samples.of(name, figure), ...(target === undefined ? {} : { target }) };
    });
  const cpu = (target?: Target): Row => ({
    what: `${what}, processor time`,
    unit: "µs a request",
    ours: samples.of("ours", "cpu"),
    against: rivals("cpu", target === undefined ? {} : { bare: target }),
    // It is the server's own, however fast requests come.
    generator: 0,
  });
  // The bare route answers as fast as the load can ask: what is compared with what was kept must not hang on that.
  if (bench.smoke) return [cpu({ atMost: MOST_OF_BARE })];
  return [
    {
      what,
      unit: "requests a second",
      ours: samples.of("ours", "perSecond"),
      against: rivals("perSecond", { bare: { atLeast: 0.75 }, fastapi: { atLeast: 5 } }),
      generator: samples.most("generator"),
    },
    cpu(),
  ];
}

async function loaded({ pid, url }: Contender, requests: readonly PlainRequest[], seconds: number): Promise<Figures> {
  const before = cpuSecondsOfTree(pid);
  const { perSecond, failed, generator } = await askInTurn(url, requests, { seconds });
  if (failed > 0) throw new Refused(`${failed} requests were refused`);
  return { perSecond, generator, cpu: ((cpuSecondsOfTree(pid) - before) / (perSecond * seconds)) * 1e6 };
}

const startLimit = (file: string): Promise<Contender> =>
  startContender([process.execPath, join(here, "../limits", file)]);
const startBare = (): Promise<Contender> => startLimit("json-route.ts");
const startByHand = (): Promise<Contender> => startLimit("by-hand-route.ts");

async function startFastApi(): Promise<Contender> {
  const data = mkdtempSync(join(tmpdir(), "rendezvous-bench-"));
  const port = freePort();
  const uvicorn = ["/usr/bin/python3", "-m", "uvicorn", "host_pool:app", "--app-dir", join(here, "../peers/fastapi")];
  const quietly = ["--port", `${port}`, "--no-access-log", "--log-level", "warning"];
  const options = { env: { DATA: data, ...FREE_AGAIN }, url: `http://127.0.0.1:${port}` };
  const contender = await startContender([...uvicorn, ...quietly], options);
  const stop = async (): Promise<void> => {
    await contender.stop();
    rmSync(data, { recursive: true, force: true });
  };
  return { ...contender, stop };
}

/** One that nobody listens on in this moment. */
function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

type Start = <One extends Contender>(one: () => Promise<One>) => Promise<One>;

/** Whatever is started within is stopped in the end. */
async function stopping(measure: (start: Start) => Promise<Row[]>): Promise<Row[]> {
  const started: Contender[] = [];
  try {
    return await measure(async (start) => {
      const one = await start();
      started.push(one);
      return one;
    });
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
}
