// npm run bench: measures everything, prints the table, and says which targets are missed.
import { cpus } from "node:os";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { missing } from "../scripts/test/requirements.mjs";
import { confirmedRegressions, vanishedWorks } from "./harness/compare.ts";
import { keep, readKept, type Length } from "./harness/kept.ts";
import { thisMachine } from "./harness/machine.ts";
import { writeResults } from "./harness/results.ts";
import { asOne } from "./harness/several.ts";
import { isRowMet, toMarkdown, type Measured } from "./harness/table.ts";
import type { Work } from "./harness/work.ts";
import { writeScalingFigures } from "./simulate/page.ts";
import { works } from "./works/index.ts";

const USAGE = `Measures Rendezvous beside bare limits and other programs.

  npm run bench                        all works, in under 15 minutes
  npm run bench -- NAME…               some of them: ${works.map(({ name }) => name).join(", ")}
  npm run bench -- --smoke             a short form, which fails if a ratio is worse than the kept one
  npm run bench -- --keep              writes the figures to bench/results.json, bench/RESULTS.md and docs/scaling.md
  npm run bench -- --json FILE         writes them to a file of one's own
  npm run bench -- --help              this

Progress goes to standard error, the table to standard output. Exit codes: 0 measured, 1 a work could not be measured or
has become worse, 2 the call is wrong or a program is missing. A missed target is told and is no error.
`;

const { options, wanted } = readArguments();
const smoke = options.smoke === true;
const length: Length = smoke ? "smoke" : "full";
/** Each later run is held against what is kept of the short form: that is not left to one run's luck. */
const runs = smoke && options.keep === true ? 3 : 1;
const chosen = choose(wanted);
requireMachine(chosen);

const began = performance.now();
const measured: Measured[] = [];
const failed: string[] = [];
for (const [at, work] of chosen.entries()) {
  try {
    const each: Measured[] = [];
    while (each.length < runs) each.push(await measure(work, `${at + 1}/${chosen.length}`));
    measured.push(asOne(each));
  } catch (error) {
    // What the other works found is not lost for that.
    failed.push(work.name);
    console.error(`${work.name} could not be measured:`, error);
  }
}
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
  writeScalingFigures();
} else if (smoke && (await hasBecomeWorse())) process.exit(1);
if (failed.length > 0) console.error(`could not be measured: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        smoke: { type: "boolean" },
        keep: { type: "boolean" },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help !== true) return { options: values, wanted: positionals };
    console.log(USAGE);
    return process.exit(0);
  } catch (error) {
    return wrong(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function choose(names: readonly string[]): readonly Work[] {
  const unknown = names.find((name) => !works.some((work) => work.name === name));
  if (unknown !== undefined) {
    return wrong(`There is no work ${unknown}; there are ${works.map(({ name }) => name).join(", ")}.`);
  }
  return names.length === 0 ? works : works.filter(({ name }) => names.includes(name));
}

/** Nothing is begun that could not be finished. */
function requireMachine(all: readonly Work[]): void {
  if (cpus().length < 2) wrong("Servers and their load are measured on a core each: this machine has one.");
  const lacking = all.flatMap(({ name, needs, smokeNeeds }) => {
    const programs = missing(smoke ? (smokeNeeds ?? needs) : needs);
    return programs.length === 0 ? [] : [`${name} needs ${programs.join(", ")}`];
  });
  if (lacking.length > 0) wrong(`Programs are missing: ${lacking.join("; ")}. Name other works to leave these out.`);
}

function wrong(what: string): never {
  console.error(what);
  process.exit(2);
}

async function measure(work: Work, place: string): Promise<Measured> {
  const since = performance.now();
  console.error(`${place} ${work.title} …`);
  const say = (what: string): void => console.error(`    ${what}`);
  const rows = await work.measure({ smoke, rounds: 5, seconds: smoke ? 1 : 2, say });
  console.error(`    ${Math.round((performance.now() - since) / 1000)} s`);
  return { name: work.name, title: work.title, rows };
}

async function hasBecomeWorse(): Promise<boolean> {
  const kept = readKept("smoke");
  if (kept === null) {
    console.error("nothing is kept to compare with: npm run bench -- --smoke --keep");
    return true;
  }
  const again = (name: string): Promise<Measured> =>
    measure(
      works.find((work) => work.name === name)!,
      "again:",
    );
  const vanished = chosen === works ? vanishedWorks(kept.works, measured) : [];
  const gone = vanished.filter(({ work }) => !failed.includes(work));
  const worse = [...gone, ...(await confirmedRegressions(kept.works, measured, again))];
  for (const { work, what, why } of worse) console.error(`worse: ${work}: ${what}: ${why}`);
  if (worse.length === 0) console.error("nothing is worse than what was kept");
  return worse.length > 0;
}
