// Makes the prepared program: after an install, and where the launcher has found none.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join, relative } from "node:path";
import { findBun } from "./bun.mjs";
import { isInstalled } from "./dependencies.mjs";
import { withLock } from "./lock.mjs";
import { findPrepared, preparationFile, preparedFolder, stampOf } from "./prepared.mjs";

/** What it depends on, beside the sources and packages that are in it, and Bun. */
const ALSO = ["package.json", "package-lock.json", "node_modules/.package-lock.json", "scripts/build/prepared.ts"];
/** What Bun would read if it were there. */
const PERHAPS = ["tsconfig.json", "bunfig.toml"];

/** Followed by when it was made, and by whom. */
const PREFIX = "program-";

/** @typedef {{ readonly gently?: boolean }} PrepareOptions gently: only with the time that nobody else has a use for */

/**
 * Prepares the program if it is not; then removes old ones. Where that cannot be done, say in a folder
 * that nobody may write to, nothing happens: the sources can be run as well. Several processes may call this at once.
 *
 * @param {string} root the package's folder
 * @param {PrepareOptions} [options]
 */
export async function prepare(root, { gently = false } = {}) {
  try {
    mkdirSync(preparedFolder(root), { recursive: true });
    await withLock(`${preparedFolder(root)}.lock`, async () => {
      if (findPrepared(root) === null) await make(root, gently);
    });
  } catch {
    // It only makes a start quicker.
  }
}

async function make(root, gently) {
  const bun = findBun(root);
  if (bun === null || !isInstalled(root, "production")) return;
  const began = Date.now();
  const folder = join(preparedFolder(root), `${PREFIX}${began}-${process.pid}`);
  const former = formerOf(root);
  mkdirSync(folder);
  let done = false;
  try {
    if (!(await build(bun, root, folder, gently))) return;
    const inputs = JSON.parse(readFileSync(join(folder, "inputs.json"), "utf8"));
    const files = [...ALSO, ...PERHAPS.filter((path) => isFile(join(root, path))), relative(root, bun), ...inputs];
    const program = join(folder, "main.js");
    const made = [program, `${program}.jsc`].filter(isFile).map((path) => relative(root, path));
    const stamps = [...files, ...made].map((path) => stampOf(root, path));
    // What was touched since may have been read before that; looked at last, so that no stamp is of a later state.
    if (files.some((path) => changedAt(join(root, path)) >= began)) return;
    const preparation = { root, bun, program, files: stamps };
    writeFileSync(join(folder, "preparation.json"), JSON.stringify(preparation));
    renameSync(join(folder, "preparation.json"), preparationFile(root));
    done = true;
  } finally {
    if (done) removeOthers(preparedFolder(root), [folder, former]);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** True if it went well. It says nothing: what is wrong with a source, running the source says. */
function build(bun, root, folder, gently) {
  const args = ["--no-env-file", "--no-orphans", join(root, "scripts/build/prepared.ts"), folder];
  const child = spawn(bun, args, { cwd: root, stdio: "ignore" });
  if (gently && child.pid !== undefined) setPriority(child.pid, 19);
  return new Promise((done) => {
    child.on("error", () => done(false));
    child.on("exit", (code) => done(code === 0));
  });
}

/** The folder of the program before, which somebody may have found, and be about to start; null if there is none. */
function formerOf(root) {
  try {
    return dirname(JSON.parse(readFileSync(preparationFile(root), "utf8")).program);
  } catch {
    return null;
  }
}

function removeOthers(folder, kept) {
  const programs = readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  for (const path of programs.map((name) => join(folder, name))) {
    if (!kept.includes(path)) rmSync(path, { recursive: true, force: true });
  }
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function changedAt(path) {
  return statSync(path).ctimeMs;
}
