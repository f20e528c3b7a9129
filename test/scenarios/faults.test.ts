import { describe, expect, test } from "bun:test";
import { clockJump } from "./faults/clock-jump.ts";
import type { Fault } from "./faults/fault.ts";
import { fullDisk } from "./faults/full-disk.ts";
import type { FaultLine } from "./faults/line.ts";
import { lay } from "./faults/lines.ts";
import { postgresFaults } from "./faults/postgres.ts";
import { print } from "./figures.ts";
import { killedServer } from "./faults/killed-server.ts";
import { pausedServer } from "./faults/paused-server.ts";
import { rowsOf } from "./history/table.ts";
import { LONG_MS } from "./run.ts";
import { keep, runFaults } from "./run-faults.ts";
import type { Engine } from "./world/world.ts";

/** Long enough that the others take it for dead, and short enough for every day. */
const NAP_MS = 12_000;

const killedPostgres = postgresFaults.find(({ name }) => name.startsWith("kill -9"))!;

/** Those that tell most in the least time; `npm run test:faults` does them all, and for longer. */
const faultsOf: Record<Engine, readonly Fault<FaultLine>[]> = {
  cluster: [killedServer, pausedServer(NAP_MS), { ...killedPostgres, lastsMs: 2_000 }],
  embedded: [
    killedServer,
    { ...fullDisk(), lastsMs: 2_000 },
    { ...clockJump("the clock jumps an hour ahead", 3_600), lastsMs: 2_000 },
  ],
};

describe.concurrent("every face under load, while servers and stores fail: nothing breaks a promise", () => {
  for (const engine of ["cluster", "embedded"] as const) test(engine, () => runAll(engine), 2 * LONG_MS);
});

async function runAll(engine: Engine): Promise<void> {
  const faults = faultsOf[engine].filter(({ name, unable }) => {
    const why = unable?.() ?? null;
    if (why !== null) print(name, engine, `left out: ${why}`);
    return why === null;
  });
  const { history, violations } = await runFaults({ engine, faults, lay, afterMs: 6_000 });
  const rows = rowsOf(history, engine);
  const slowest = Math.max(...rows.map(({ recoveredAfterMs }) => recoveredAfterMs ?? Infinity));
  const sum = (of: "asked" | "done" | "failed" | "unworthy"): number => rows.reduce((all, row) => all + row[of], 0);
  print(
    faults.map(({ name }) => name).join(", "),
    engine,
    `${sum("asked")} asked, ${sum("done")} done, ${sum("failed")} failed, ${sum("unworthy")} of them unworthy; all faces as before ` +
      `${(slowest / 1000).toFixed(1)} s after; seed ${history.seed}`,
  );
  const found = violations.map(({ invariant, what }) => `${invariant}: ${what}`);
  if (found.length > 0) found.push(`the history is in ${keep(history, `faults ${engine}`)}`);
  expect(found).toEqual([]);
}
