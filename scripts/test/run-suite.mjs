// Runs one suite in a process of its own and says what came of it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBun } from "../setup/bun.mjs";
import { countTests } from "./junit.mjs";

/** A test that takes longer than this has hung. */
const TEST_TIMEOUT_MS = 30_000;
/** So has a process that runs tests, however many files it was given. */
const PROCESS_TIMEOUT_MS = 15 * 60_000;
/** How long the output is still read after the process has ended. */
const LAST_WORDS_MS = 1_000;

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} output everything it printed
 * @property {string[]} remarks what went wrong besides failing tests
 */

/**
 * @param {import("./suites.mjs").Suite} suite
 * @param {{ root: string, filters: string[], live: boolean }} options `filters`: only files with one of these in their
 *   path; `live`: print while it runs
 * @returns {Promise<Outcome>}
 */
export function runSuite(suite, options) {
  return suite.command === undefined ? runTests(suite, options) : runCheck(suite, options);
}

async function runCheck({ command: [tool, ...args] }, { root, live }) {
  const program = tool === "node" ? process.execPath : join(root, "node_modules/.bin", tool);
  const { code, output } = await run(program, args, { root, live });
  const ok = code === 0;
  return {
    passed: ok ? 1 : 0,
    failed: ok ? 0 : 1,
    skipped: 0,
    output,
    remarks: ok ? [] : [`${tool}: exit code ${code}`],
  };
}

async function runTests(suite, { root, filters, live }) {
  const files = testFiles(root, suite.folders).filter((file) => filters.every((part) => file.includes(part)));
  if (files.length === 0) return nothingRan("there are no test files");
  if (suite.sideBySide === undefined) return runFiles(files, { root, live });
  const isAlone = (file) => suite.alone?.some((part) => file.includes(part)) ?? false;
  // A process for each file, so that whoever is done takes the next one.
  const outcomes = [];
  const waiting = files.filter((file) => !isAlone(file));
  const take = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      outcomes.push(await runFiles([file], { root, live }));
    }
  };
  await Promise.all(Array.from({ length: suite.sideBySide }, take));
  waiting.push(...files.filter(isAlone));
  await take();
  return outcomes.reduce(together);
}

function together(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    output: one.output + other.output,
    remarks: [...one.remarks, ...other.remarks],
  };
}

async function runFiles(files, { root, live }) {
  const temporary = mkdtempSync(join(tmpdir(), "rdv-"));
  try {
    const report = join(temporary, "report.xml");
    const flags = [`--timeout=${TEST_TIMEOUT_MS}`, "--reporter=junit", `--reporter-outfile=${report}`];
    if (!live) flags.push("--only-failures");
    const env = { ...process.env, NODE_ENV: "test", TMPDIR: temporary };
    // A path with ./ is this one file; without, Bun takes it for a pattern.
    const args = ["--no-env-file", "test", "--no-orphans", ...flags, ...files.map((file) => `./${file}`)];
    const { code, output } = await run(findBun(root), args, { root, env, live });
    return outcomeOf(code, output, files, readReport(report));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function testFiles(root, folders) {
  const found = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((path) => `${folder}/${String(path)}`),
    );
  return found
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".test.ts") && !path.includes("node_modules/"))
    .toSorted();
}

function outcomeOf(code, output, files, xml) {
  if (xml === null) return { ...nothingRan(`the runner ended with ${code} and left no report`), output };
  const { passed, failed, skipped, ran } = countTests(xml);
  const remarks = files.filter((file) => !ran.has(file)).map((file) => `${file}: no test ran`);
  // An error outside any test shows in the exit code alone.
  if (code !== 0 && failed + remarks.length === 0) remarks.push(`the runner ended with ${code}`);
  return { passed, failed: failed + remarks.length, skipped, output, remarks };
}

function nothingRan(why) {
  return { passed: 0, failed: 1, skipped: 0, output: "", remarks: [why] };
}

function readReport(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function run(program, args, { root, env = process.env, live }) {
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((done) => {
    let output = "";
    const collect = (chunk) => {
      output += chunk;
      if (live) process.stdout.write(chunk);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const deadline = setTimeout(() => {
      output += `\nstopped: it ran for more than ${PROCESS_TIMEOUT_MS / 60_000} minutes\n`;
      child.kill("SIGKILL");
    }, PROCESS_TIMEOUT_MS);
    const finish = (code) => {
      clearTimeout(deadline);
      done({ code, output });
    };
    child.on("error", (error) => {
      output += `${program}: ${error.message}\n`;
      finish(1);
    });
    child.on("close", (code, signal) => finish(code ?? signal));
    // A process that a test left behind holds the pipes open; what it prints is not waited for.
    child.on("exit", (code, signal) => setTimeout(() => finish(code ?? signal), LAST_WORDS_MS).unref());
  });
}
