import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault } from "./faults/fault.ts";
import { chooseSeed, seeded } from "./figures.ts";
import { violations as violationsOf } from "./history/checks/all.ts";
import { resources } from "./history/checks/resources.ts";
import type { Violation } from "./history/check.ts";
import { History } from "./history/history.ts";
import { measure } from "./history/measure.ts";
import { readBack, readRows, type Records } from "./history/read-out.ts";
import { LoadContext, pause, type Population } from "./load/context.ts";
import { startLoad, type Crowd } from "./load/start-load.ts";
import { BOUNDS } from "./world/bounds.ts";
import type { LayLine, Line } from "./world/line.ts";
import { startWorld } from "./world/start-world.ts";
import type { Engine, FaultWorld, WorldOptions } from "./world/world.ts";

export interface RunOptions<L extends Line> {
  readonly engine: Engine;
  /** One after the other, in one world. */
  readonly faults: readonly Fault<L>[];
  readonly lay?: LayLine<L>;
  readonly world?: Partial<WorldOptions<L>>;
  readonly crowds?: readonly Crowd[];
  /** Default 1. */
  readonly scale?: number;
  /** How long the load runs before the first fault, in ms. Default 2,000. */
  readonly warmUpMs?: number;
  /** How long it runs after each fault, in ms; default: as long as the fault gives itself to recover. */
  readonly afterMs?: number;
  /** How long after the last fault clients look around once more, in ms; default: once nothing of it may be left. */
  readonly recoveryMs?: number;
}

export interface RunResult {
  readonly history: History;
  readonly violations: readonly Violation[];
}

/** How long what was begun may take to be finished, in ms. */
const FINISH_MS = 30_000;
/** How long connections may take to go after everybody has left, in ms. */
const LEAVE_MS = 8_000;
/** How long a collector may take to give memory back once there is nothing else to do, in ms. What leaks never comes back. */
const GIVE_BACK_MS = 60_000;

/** Does faults to a world under load, and checks what its clients saw, what they can read after, and what its rows say. */
export async function runFaults<L extends Line>(options: RunOptions<L>): Promise<RunResult> {
  const { engine, faults, warmUpMs = 2_000, scale, crowds, lay } = options;
  const seed = chooseSeed();
  const history = new History(seed);
  const wanted = await Promise.all(
    faults.map(async ({ world }) => (typeof world === "function" ? world(engine) : (world ?? {}))),
  );
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-faults-"));
  const worldOptions: WorldOptions<L> = {
    dataDir: folder,
    ...(lay === undefined ? {} : { lay }),
    ...Object.assign({}, ...wanted),
    ...options.world,
    engine,
  };
  const world = await startWorld(worldOptions);
  const load = new LoadContext(world, history, seeded(seed));
  let crowd: readonly Population[] = [];
  try {
    await measure(history, world, "base");
    crowd = startLoad(load, crowds, scale);
    await Promise.all(crowd.map(({ ready }) => ready));
    await pause(warmUpMs);
    for (const fault of faults) {
      const [struckAt, before] = [performance.now(), world.nodes[0]!.pid];
      history.add("struck", { fault: fault.name });
      await fault.strike(world);
      await pause(fault.lastsMs ?? 5_000);
      await fault.heal(world);
      history.add("healed", { fault: fault.name });
      // A cluster keeps its leases in Redis; alone, a node keeps them in its memory.
      if (engine === "embedded" && world.nodes[0]!.pid !== before) history.add("forgot", { since: struckAt });
      await pause(options.afterMs ?? fault.recoversWithinMs ?? BOUNDS.recoveryMs);
    }
    await settle(load, crowd, options.recoveryMs ?? BOUNDS.recoveryMs + 3_000);
    await readBack(load);
    await leave(load, crowd);
    await readRowsOf(world, history, worldOptions.dataDir ?? folder);
  } finally {
    await Promise.all(crowd.map((one) => one.close()));
    await world.stop();
    for (const { clear } of faults) await clear?.();
    rmSync(folder, { recursive: true, force: true });
  }
  return { history, violations: violationsOf(history, BOUNDS) };
}

/** Lets everything end that was begun, and everything come that is under way. */
export async function settle(load: LoadContext, crowd: readonly Population[], recoveryMs: number): Promise<void> {
  const { history } = load;
  load.isOver = true;
  const late = pause(FINISH_MS).then(() => Promise.reject(new Error("the load has not come to its end")));
  late.catch(() => undefined);
  await Promise.race([Promise.all(crowd.map(({ finished }) => finished)), late]);
  const healedAt = history.of("healed").at(-1)?.at ?? -Infinity;
  await pause(Math.max(BOUNDS.deliveryMs, healedAt + recoveryMs - performance.now()));
  history.add("quiet", { populations: crowd.length });
  for (const one of crowd) await one.testify?.();
}

/** Everybody goes; the nodes are measured once nobody is left, and end as they should. */
async function leave({ world, history }: LoadContext, crowd: readonly Population[]): Promise<void> {
  await Promise.all(crowd.map((one) => one.close()));
  await pause(LEAVE_MS / 4);
  await measureAfter(history, world);
  for (const node of world.nodes) {
    for (const code of node.crashes) history.add("crashed", { code, words: lastWords(node.output()) }, node.name);
    if (node.state === "down") continue;
    const code = await node.drain();
    if (code !== 0) history.add("crashed", { code, words: lastWords(node.output()) }, node.name);
  }
}

/** Measures once, and memory that is too much again until it is not, or has had long enough to come back. */
async function measureAfter(history: History, world: FaultWorld): Promise<void> {
  const until = performance.now() + GIVE_BACK_MS;
  for (;;) {
    await measure(history, world, "after");
    const found = resources(history, BOUNDS).map(({ what }) => what);
    const isMemoryAlone = found.length > 0 && found.every((what) => what.includes("bytes of memory"));
    if (!isMemoryAlone || performance.now() >= until) return;
    await pause(1_000);
  }
}

const lastWords = (output: string): string => output.split("\n").slice(-5).join("\n");

async function readRowsOf(world: FaultWorld, history: History, folder: string): Promise<void> {
  const records: Records = world.postgres === null ? { sqlite: folder } : { postgres: world.postgres.url };
  await readRows(history, records);
}

/** Where a history is kept that breaks a promise. */
export function keep(history: History, name: string): string {
  const folder = join(tmpdir(), "rendezvous-histories");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replaceAll(/\W+/g, "-")}-${history.seed}.jsonl`);
  history.dump(file);
  return file;
}
