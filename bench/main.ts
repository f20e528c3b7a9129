// npm run bench: measures everything, prints the table, and says which targets are missed.
//
//   npm run bench                        all works, in under 15 minutes
//   npm run bench -- heartbeat fan-out   some of them
//   npm run bench -- --smoke             a short run, whose ratios are compared with the kept ones
//   npm run bench -- --keep              writes the figures to bench/results.json and bench/RESULTS.md
//   npm run bench -- --json FILE         writes them to a file of one's own
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { keep, readKept, regressions, type Length } from "./harness/kept.ts";
import { thisMachine } from "./harness/machine.ts";
import { writeResults } from "./harness/results.ts";
import { isRowMet, short, toMarkdown, type Measured } from "./harness/table.ts";
import type { Work } from "./harness/work.ts";
import { works } from "./works/index.ts";

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: "boolean" }, keep: { type: "boolean" }, json: { type: "string" } },
});
const smoke = options.smoke === true;
const length: Length = smoke ? "smoke" : "full";
const chosen = choose(wanted);

const began = performance.now();
const measured: Measured[] = [];
for (const [at, work] of chosen.entries()) measured.push(await measure(work, `${at + 1}/${chosen.length}`));
console.log(`\n${toMarkdown(measured)}`);
const took = Math.round((performance.now() - began) / 1000);
const missed = measured.flatMap(({ rows }) => rows).filter((row) => !isRowMet(row)).length;
console.log(`${took} s; ${missed === 0 ? "every target is met" : `${missed} rows miss a target`}`);

if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ machine: thisMachine(), works: measured }, null, 1)}\n`);
}
if (options.keep === true) {
  const kept = readKept(length)?.works ?? [];
  const others = kept.filter(({ name }) => !measured.some((one) => one.name === name));
  const all = works.flatMap(({ name }) => [...measured, ...others].filter((one) => one.name === name));
  keep(length, { machine: thisMachine(), works: all });
  writeResults();
} else if (smoke) {
  process.exit((await hasBecomeWorse()) ? 1 : 0);
}
process.exit(0);

function choose(names: readonly string[]): readonly Work[] {
  const unknown = names.find((name) => !works.some((work) => work.name === name));
  if (unknown !== undefined) {
    console.error(`There is no work ${unknown}; there are ${works.map(({ name }) => name).join(", ")}.`);
    process.exit(2);
  }
  return names.length === 0 ? works : works.filter(({ name }) => names.includes(name));
}

async function measure(work: Work, place: string): Promise<Measured> {
  const since = performance.now();
  console.error(`${place} ${work.title} …`);
  const say = (what: string): void => console.error(`    ${what}`);
  const rows = await work.measure({ smoke, rounds: 5, seconds: smoke ? 1 : 2, say });
  console.error(`    ${Math.round((performance.now() - since) / 1000)} s`);
  return { name: work.name, title: work.title, rows };
}

/** What looks worse is measured once more: a busy moment does not come twice, a slower server does. */
async function hasBecomeWorse(): Promise<boolean> {
  const kept = readKept("smoke");
  if (kept === null) {
    console.error("nothing is kept to compare with: npm run bench -- --smoke --keep");
    return true;
  }
  const suspects = new Set(regressions(kept.works, measured).map(({ work }) => work));
  const again: Measured[] = [];
  for (const name of suspects)
    again.push(
      await measure(
        works.find((work) => work.name === name)!,
        "again:",
      ),
    );
  const still = new Set(regressions(kept.works, measured).map((one) => `${one.work} ${one.what} ${one.rival}`));
  const worse = regressions(kept.works, again).filter((one) => still.has(`${one.work} ${one.what} ${one.rival}`));
  for (const { work, what, rival, was, is } of worse) {
    console.error(`worse: ${work}, ${what}: ${short(is)} of ${rival}; kept: ${short(was)}`);
  }
  if (worse.length === 0) console.error("no ratio is more than a quarter worse than the kept one");
  return worse.length > 0;
}
