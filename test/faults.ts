// npm run test:faults: every fault on both engines, under load of every face, every planted bug, and the rolling restart and
// the overload in full size.
// Prints a Markdown table; ends with 1 if any promise was broken, or a planted bug was not found.
//
//   npm run test:faults -- kill     only faults and bugs with "kill" in their names
import { faults, lay } from "./scenarios/faults/index.ts";
import { quickBugs, slowBugs } from "./scenarios/planted/bugs.ts";
import { promisesBrokenBy } from "./scenarios/planted/find-bug.ts";
import { keep, runFaults } from "./scenarios/run-faults.ts";
import { rowsOf, tableOf, type Row } from "./scenarios/history/table.ts";
import type { Violation } from "./scenarios/history/check.ts";

const wanted = process.argv.slice(2);
const isWanted = ({ name }: { readonly name: string }): boolean => wanted.every((part) => name.includes(part));
const runs: { readonly rows: readonly Row[]; readonly violations: readonly Violation[] }[] = [];
let failures = 0;

for (const fault of faults.filter(isWanted)) {
  const unable = fault.unable?.() ?? null;
  if (unable !== null) {
    say(`${fault.name}: left out: ${unable}`);
    continue;
  }
  for (const engine of ["cluster", "embedded"] as const) {
    if (fault.engine !== "both" && fault.engine !== engine) continue;
    try {
      const { history, violations } = await runFaults({ engine, faults: [fault], lay, warmUpMs: 5_000, scale: 2 });
      const rows = rowsOf(history, engine);
      runs.push({ rows, violations });
      const late = rows.filter(({ recoveredAfterMs }) => recoveredAfterMs === null).map(({ face }) => face);
      say(`${fault.name}, ${engine}: ${violations.length} violations, seed ${history.seed}`);
      for (const { invariant, what } of violations) say(`  ${invariant}: ${what}`);
      if (late.length > 0) say(`  not as before in time: ${late.join(", ")}`);
      if (violations.length > 0) say(`  the history is in ${keep(history, `${fault.name} ${engine}`)}`);
      const unworthy = rows.reduce((sum, row) => sum + row.unworthy, 0);
      failures += violations.length + late.length + unworthy;
    } catch (error) {
      failures++;
      say(`${fault.name}, ${engine}: ${String(error)}`);
    }
  }
}
for (const bug of [...quickBugs, ...slowBugs].filter(isWanted)) {
  const isFound = (await promisesBrokenBy(bug)).includes(bug.breaks);
  say(`planted: ${bug.name}: ${isFound ? `found by ${bug.breaks}` : `not found; ${bug.breaks} was due`}`);
  if (!isFound) failures++;
}
for (const name of ["drain", "overload"].filter((one) => isWanted({ name: one }))) {
  const file = `./test/scenarios/${name}.test.ts`;
  const env = { ...process.env, SCENARIO_SIZE: "long" };
  const run = Bun.spawn([process.execPath, "test", file], { env, stdio: ["ignore", "inherit", "inherit"] });
  if ((await run.exited) !== 0) failures++;
}
say(`\n${tableOf(runs)}\n\n${failures} failures`);
process.exit(failures > 0 ? 1 : 0);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
