import { describe, expect, test } from "bun:test";
import { print } from "./figures.ts";
import { killedServer } from "./faults/killed-server.ts";
import { pausedServer } from "./faults/paused-server.ts";
import { rowsOf } from "./history/table.ts";
import { LONG_MS } from "./run.ts";
import { keep, runFaults } from "./run-faults.ts";
import type { Engine } from "./world/world.ts";

/** Long enough that the others take it for dead, and short enough for every day. */
const NAP_MS = 12_000;

describe.concurrent("every face under load, while servers are killed and put to sleep: nothing breaks a promise", () => {
  for (const engine of ["cluster", "embedded"] as const) test(engine, () => runAll(engine), LONG_MS);
});

async function runAll(engine: Engine): Promise<void> {
  const faults = [killedServer, pausedServer(NAP_MS)];
  const { history, violations } = await runFaults({ engine, faults, afterMs: 6_000 });
  const rows = rowsOf(history, engine);
  const slowest = Math.max(...rows.map(({ recoveredAfterMs }) => recoveredAfterMs ?? Infinity));
  const sum = (of: "asked" | "done" | "failed" | "unworthy"): number => rows.reduce((all, row) => all + row[of], 0);
  print(
    "killed and paused servers",
    engine,
    `${sum("asked")} asked, ${sum("done")} done, ${sum("failed")} failed, ${sum("unworthy")} of them unworthy; all faces as before ` +
      `${(slowest / 1000).toFixed(1)} s after; seed ${history.seed}`,
  );
  const found = violations.map(({ invariant, what }) => `${invariant}: ${what}`);
  if (found.length > 0) found.push(`the history is in ${keep(history, `faults ${engine}`)}`);
  expect(found).toEqual([]);
}
