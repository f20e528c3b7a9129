// npm test: installs what the tests need, runs every suite, and closes with the sum of all.
//
//   node test/run.mjs                everything but the measurements
//   node test/run.mjs check          format, lint, types and unit tests
//   node test/run.mjs wire rooms     one suite; of it, only files with "rooms" in their path
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "../scripts/setup/dependencies.mjs";
import { prepare } from "../scripts/setup/prepare.mjs";
import { ensurePrograms, missing } from "../scripts/test/requirements.mjs";
import { runSuite } from "../scripts/test/run-suite.mjs";
import { quick, suites } from "../scripts/test/suites.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [wanted, ...filters] = process.argv.slice(2);
const chosen = choose(wanted);
const total = { passed: 0, failed: 0, skipped: 0 };

try {
  await ensureDependencies(root, "all");
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
// The servers of the tests are what a user's start runs.
if (wanted !== "check" && wanted !== "unit") await prepare(root);
await ensurePrograms([...new Set(chosen.flatMap((suite) => suite.needs))]);
// What is waited for most often keeps two cores busy: the checks go beside the unit tests, which take one.
const isCheck = ({ command }) => command !== undefined;
const lanes = wanted === "check" ? [chosen.filter(isCheck), chosen.filter((suite) => !isCheck(suite))] : [chosen];
await Promise.all(
  lanes.map(async (lane) => {
    for (const suite of lane) add(await report(suite));
  }),
);

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed > 0 ? 1 : 0);

function choose(name) {
  if (name === undefined) return suites;
  if (name === "check") return suites.filter((suite) => quick.includes(suite.name));
  const found = suites.filter((suite) => suite.name === name);
  if (found.length > 0) return found;
  const names = ["check", ...suites.map((suite) => suite.name)].join(", ");
  process.stderr.write(`There is no suite ${name}; there are ${names}.\n`);
  process.exit(2);
}

/** Runs a suite and prints a line on it, and all it said if something in it failed. */
async function report(suite) {
  const lacking = missing(suite.needs);
  if (lacking.length > 0) return unable(suite, `needs ${lacking.join(", ")}`);
  const started = performance.now();
  const live = wanted === suite.name;
  const outcome = await runSuite(suite, { root, filters, live });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (outcome.failed > 0) {
    if (!live) process.stdout.write(`\n${outcome.output.trimEnd()}\n`);
    for (const remark of outcome.remarks) process.stdout.write(`${suite.name}: ${remark}\n`);
  }
  line(suite, `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped (${seconds} s)`);
  return outcome;
}

/** Where everything is expected to be there, a suite that cannot run has failed; elsewhere it is left out, by name. */
function unable(suite, why) {
  const expected = process.env.CI === "true";
  line(suite, `${expected ? "failed" : "skipped"}: ${why}`);
  return { passed: 0, failed: expected ? 1 : 0, skipped: expected ? 0 : 1 };
}

function line(suite, text) {
  process.stdout.write(`${suite.name.padEnd(9)} ${text}\n`);
}

function add({ passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
