#!/usr/bin/env node
// Runs the server with nothing but Node and npm on the machine: installs what is missing, then hands over to Bun.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPrepared, isFirst } from "../scripts/setup/prepared.mjs";
import { runtimeFlags, runtimeSettings } from "../scripts/setup/runtime.mjs";

/** So long after a start nobody waits for it any more, in ms. */
const YOUNG_MS = 30_000;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const runByNpm = process.env.npm_lifecycle_event !== undefined;

// What is prepared was made of all that is installed, so that only without it there is more to look after.
const prepared = findPrepared(root) ?? (await prepareAtFirst());
run(prepared ?? (await sources()), process.argv.slice(2));
if (prepared === null) setTimeout(() => void prepareForNextTime(), YOUNG_MS).unref();

/** Installs what is missing; and where nothing was ever prepared, does that as well, since an install takes longer. */
async function prepareAtFirst() {
  const { ensureDependencies } = await import("../scripts/setup/dependencies.mjs");
  try {
    await ensureDependencies(root, "production");
  } catch (error) {
    fail(error.message);
  }
  if (isFirst(root)) {
    const { prepare } = await import("../scripts/setup/prepare.mjs");
    await prepare(root);
  }
  // Whatever npm has installed it has prepared, too.
  return findPrepared(root);
}

/** Whoever has changed a source gets it at once, and a quick start when they have stopped to. */
async function prepareForNextTime() {
  const { prepare } = await import("../scripts/setup/prepare.mjs");
  await prepare(root, { gently: true });
}

async function sources() {
  const { findBun } = await import("../scripts/setup/bun.mjs");
  const bun = findBun(root);
  if (bun === null)
    fail("Bun is not in node_modules; is there a build for this platform? Delete node_modules to retry.");
  return { bun, program: join(root, "src/main.ts") };
}

/** Runs the program and becomes its shadow: signals go in, the exit code comes out. */
function run({ bun, program }, args) {
  // No .env by Bun: the server reads it itself, after flags and environment. And whatever happens to this process, the
  // server does not outlive it.
  const flags = ["--no-env-file", "--no-orphans", ...runtimeFlags];
  const child = spawn(bun, [...flags, program, ...args], {
    stdio: "inherit",
    env: { ...runtimeSettings, ...process.env },
    // A terminal sends Ctrl-C to its whole foreground group. The server must hear each signal once, because a second
    // one means "at once"; so it has a group of its own, and only what arrives here is passed on.
    detached: process.platform !== "win32",
  });
  passSignalsTo(child);
  child.on("error", (error) => fail(`Bun did not start (${bun}): ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function passSignalsTo(child) {
  // npm hears the terminal as well and passes it on once more: the echo comes within milliseconds.
  const ECHO_MS = 300;
  let last = { signal: "", at: 0 };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = performance.now();
      const echo = runByNpm && last.signal === signal && now - last.at < ECHO_MS;
      last = { signal, at: now };
      if (!echo) child.kill(signal);
    });
  }
  if (runByNpm) stopWhenOrphaned(child);
}

/**
 * npm tells nobody when it is killed. The scripts in package.json begin with `exec`, so that no shell stands between
 * npm and us: a signal to npm comes straight here, and npm waits for the exit code.
 */
function stopWhenOrphaned(child) {
  const parent = process.ppid;
  const LOOK_MS = 500;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, LOOK_MS);
  watch.unref();
}

function fail(message) {
  process.stderr.write(`rendezvous: ${message}\n`);
  process.exit(1);
}
