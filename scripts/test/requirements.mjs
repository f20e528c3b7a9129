// The programs the tests start, and how a Debian machine gets them.
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "../setup/lock.mjs";

/** Which Debian package brings which program, or which file where it is none. */
const PACKAGES = {
  "redis-server": "redis-server",
  turnserver: "coturn",
  turnutils_uclient: "coturn",
  openssl: "openssl",
  curl: "curl",
  faketime: "faketime",
  prlimit: "util-linux",
  taskset: "util-linux",
  wrk: "wrk",
  nginx: "nginx",
  "/usr/lib/nginx/modules/ngx_nchan_module.so": "libnginx-mod-nchan",
  "nats-server": "nats-server",
  chromium: "chromium",
  postgres: "postgresql",
  zsh: "zsh",
  fish: "fish",
  haproxy: "haproxy",
  "systemd-analyze": "systemd",
  "g++": "g++",
  // Brings the headers of the C library, which gcc's own package does not.
  gcc: "g++",
  make: "make",
  "curl-config": "libcurl4-openssl-dev",
  "/usr/include/libwebsockets.h": "libwebsockets-dev",
  "/usr/include/nlohmann/json.hpp": "nlohmann-json3-dev",
};

/** Programs that npm brings, for some platforms. */
const FROM_NPM = {
  anvil: fileURLToPath(new URL("../../node_modules/@foundry-rs/anvil-linux-amd64/bin", import.meta.url)),
};

/** Where Debian keeps servers, which is on the PATH of root alone. */
const SYSTEM = "/usr/sbin";

/** All the programs that any suite may start. */
export const programs = [...Object.keys(PACKAGES), ...Object.keys(FROM_NPM)];

/** Those of `wanted` that are not on this machine. */
export function missing(wanted) {
  return wanted.filter((program) => !isThere(program));
}

function isThere(program) {
  if (program.startsWith("/")) return existsSync(program);
  const path = [...(process.env.PATH ?? "").split(delimiter), SYSTEM];
  const folders = [...path, ...postgresFolders(), ...Object.values(FROM_NPM)];
  return folders.some((folder) => isProgram(join(folder, program)));
}

/** Debian keeps PostgreSQL's programs off the PATH, one folder for each version. */
function postgresFolders() {
  const versions = "/usr/lib/postgresql";
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, "bin")) : [];
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Installs what is missing, where that is ours to do: on Debian, as root. Elsewhere it says what is missing.
 * Never throws: a suite that misses something is reported as such.
 *
 * @param {string[]} wanted programs
 */
export async function ensurePrograms(wanted) {
  if (missing(wanted).length === 0) return;
  if (!isThere("apt-get") || process.getuid?.() !== 0) {
    const packages = packagesFor(missing(wanted));
    const hint = packages.length === 0 ? "" : ` On Debian: apt-get install ${packages.join(" ")}`;
    say(`missing: ${missing(wanted).join(", ")}.${hint}`);
    return;
  }
  // Two runs at once would trip over apt's own locks, and over the policy below.
  await withLock(join(tmpdir(), "rendezvous-apt.lock"), async () => {
    const packages = packagesFor(missing(wanted));
    if (packages.length > 0) await withoutStartingServices(() => aptInstall(packages));
  });
  if (missing(wanted).length > 0) say(`still missing: ${missing(wanted).join(", ")}`);
}

function packagesFor(wanted) {
  return [...new Set(wanted.flatMap((program) => PACKAGES[program] ?? []))];
}

async function aptInstall(packages) {
  say(`installing ${packages.join(", ")} with apt-get …`);
  const patient = ["-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"];
  const updated = await run("apt-get", [...patient, "-qq", "update"]);
  if (!updated) say("apt-get update failed; trying to install from the lists that are there");
  await run("apt-get", [...patient, "-qq", "-y", "--no-install-recommends", "install", ...packages]);
}

const POLICY = "/usr/sbin/policy-rc.d";
const OUR_POLICY =
  "#!/bin/sh\n# Written by the tests of Rendezvous while they install packages; safe to delete.\nexit 101\n";

/**
 * Debian starts a service as soon as it is installed, unless this file says no. One that is there already is the
 * machine's own and stays, except for one of ours that a killed run left behind.
 */
async function withoutStartingServices(work) {
  const ours = !existsSync(POLICY) || readFileSync(POLICY, "utf8") === OUR_POLICY;
  const remove = () => ours && rmSync(POLICY, { force: true });
  if (ours) writeFileSync(POLICY, OUR_POLICY, { mode: 0o755 });
  process.once("exit", remove);
  try {
    await work();
  } finally {
    process.off("exit", remove);
    remove();
  }
}

function run(program, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env });
  return new Promise((done) => {
    child.on("error", () => done(false));
    child.on("close", (code) => done(code === 0));
  });
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
