import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { violations as violationsOf } from "../history/checks/all.ts";
import { History } from "../history/history.ts";
import { readBack, readRows } from "../history/read-out.ts";
import { LoadContext, pause } from "../load/context.ts";
import { startLoad } from "../load/start-load.ts";
import { seeded } from "../figures.ts";
import { keep, settle } from "../run-faults.ts";
import { BOUNDS } from "../world/bounds.ts";
import { startWorld } from "../world/start-world.ts";
import type { Engine, FaultWorld } from "../world/world.ts";
import { sampleOf, type Sample } from "./samples.ts";

export interface SoakOptions {
  readonly engine: Engine;
  readonly minutes: number;
  /** Clients come for that long, then all of them go, and others come. */
  readonly shiftMinutes: number;
  readonly scale: number;
  readonly seed: number;
  /** Hears how far it is. */
  progress(line: string): void;
}

export interface Soaked {
  /** By node. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly asked: number;
  readonly delivered: number;
  /** Answers that were neither 2xx nor 4xx, or did not come. */
  readonly failed: number;
  readonly violations: readonly string[];
}

const SAMPLE_MS = 5_000;
/** Between two shifts, so that what the one left behind has ended when the other comes. */
const BREAK_MS = 12_000;

/** Keeps every face under load for as long as asked, checks each shift's history, and notes what the servers use. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const { engine, minutes, shiftMinutes, scale, seed, progress } = options;
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-soak-"));
  const world = await startWorld({ engine, dataDir: folder });
  const began = performance.now();
  const samples = new Map(world.nodes.map(({ name }): [string, Sample[]] => [name, []]));
  const sampling = setInterval(() => {
    for (const { name, pid } of world.nodes) samples.get(name)!.push(sampleOf(pid, (performance.now() - began) / 1000));
  }, SAMPLE_MS);
  const total = { asked: 0, delivered: 0, failed: 0 };
  const violations: string[] = [];
  try {
    for (let shift = 0; performance.now() - began < minutes * 60_000; shift++) {
      const left = minutes * 60_000 - (performance.now() - began);
      const history = await work(world, { seed: seed + shift, scale, ms: Math.min(shiftMinutes * 60_000, left) });
      const asked = history.of("asked");
      total.asked += asked.length;
      total.failed += asked.filter(({ fate }) => fate === "unknown").length;
      total.delivered += history.of("delivered").length;
      const found = violationsOf(history, BOUNDS).map(({ invariant, what }) => `${invariant}: ${what}`);
      if (found.length > 0) found.push(`the history is in ${keep(history, `soak ${engine} ${shift}`)}`);
      violations.push(...found);
      const rss = world.nodes.map(({ name }) => `${name} ${Math.round(samples.get(name)!.at(-1)?.rssMiB ?? 0)} MiB`);
      const passed = Math.round((performance.now() - began) / 60_000);
      progress(
        `${engine}: ${passed} of ${minutes} min, ${total.asked} asked, ${rss.join(", ")}, ${violations.length} bad`,
      );
    }
    violations.push(...(await rowsOf(world, folder)));
  } finally {
    clearInterval(sampling);
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { samples, ...total, violations };
}

/** One shift: everybody comes, works, reads back what was written, and goes. */
async function work(world: FaultWorld, { seed, scale, ms }: { seed: number; scale: number; ms: number }) {
  const history = new History(seed);
  const load = new LoadContext(world, history, seeded(seed));
  const crowd = startLoad(load, undefined, scale);
  try {
    await pause(ms);
    await settle(load, crowd, 0);
    await readBack(load);
  } finally {
    await Promise.all(crowd.map((one) => one.close()));
  }
  await pause(BREAK_MS);
  return history;
}

/** What the rows say of the counters, once the servers have ended as they should. */
async function rowsOf(world: FaultWorld, folder: string): Promise<string[]> {
  for (const node of world.nodes) await node.drain();
  const history = new History();
  await readRows(history, world.postgres === null ? { sqlite: folder } : { postgres: world.postgres.url });
  const wrong = violationsOf(history, BOUNDS).filter(({ invariant }) => invariant === 4 || invariant === 7);
  return wrong.map(({ invariant, what }) => `${invariant}: ${what}`);
}
