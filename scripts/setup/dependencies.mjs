// Makes sure that node_modules holds what package-lock.json says.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";

/** @typedef {"production" | "all"} Scope which packages are wanted: those the server runs with, or the tools as well */

/** npm did not manage to install; the message says what to do. */
export class InstallFailed extends Error {}

/**
 * Installs what is missing. Says on stderr what it does; silent and quick (one comparison) when nothing is missing.
 * Several processes may call this at once: one installs, the others wait.
 *
 * @param {string} root the package's folder
 * @param {Scope} scope
 * @throws {InstallFailed}
 */
export async function ensureDependencies(root, scope) {
  if (isInstalled(root, scope)) return;
  const waiting = () => say("another process is installing; waiting for it …");
  const work = async () => {
    if (!isInstalled(root, scope)) await install(root, scope);
  };
  try {
    await withLock(join(root, ".install.lock"), work, waiting);
  } catch (error) {
    throw error instanceof InstallFailed ? error : new InstallFailed(inWords(`${error.code} ${error.message}`));
  }
}

/**
 * True if every package of the lock file is there in the version it names. npm writes down what it has installed in
 * node_modules/.package-lock.json once it is done, so that is what is compared; an interrupted install left none.
 *
 * @param {string} root
 * @param {Scope} scope
 */
export function isInstalled(root, scope) {
  const installed = packagesOf(join(root, "node_modules/.package-lock.json"));
  if (installed === null) return false;
  const wanted = packagesOf(join(root, "package-lock.json")) ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.link) return true;
    const there = installed[path];
    // What is optional is for other platforms if it is missing.
    if (there === undefined) return isOptional(entry) || (scope === "production" && entry.dev === true);
    return there.version === entry.version;
  });
}

function isOptional(entry) {
  return entry.optional === true || entry.devOptional === true;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return null;
  }
}

async function install(root, scope) {
  const fresh = !existsSync(join(root, "node_modules"));
  // A tree that has the tools keeps them: a test run may be using them.
  const present = Object.values(packagesOf(join(root, "node_modules/.package-lock.json")) ?? {});
  const everything = scope === "all" || present.some((entry) => entry.dev === true);
  say(`installing ${everything ? "all" : "the server's"} dependencies with npm, once …`);
  // `npm ci` begins by deleting node_modules, and a server may be running from it: only where there is none.
  const command = fresh ? ["ci"] : ["install", "--no-save"];
  const which = everything ? "--include=dev" : "--omit=dev";
  const { code, output } = await npm(root, [...command, which, "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0) throw new InstallFailed(inWords(output));
  if (!isInstalled(root, scope)) {
    throw new InstallFailed("npm ended well, but not every package of package-lock.json is in node_modules");
  }
}

/** Runs the npm that runs us, or else the one on the PATH. Its output goes to stderr: stdout is the program's own. */
function npm(root, args) {
  const cli = process.env.npm_execpath;
  const onWindows = process.platform === "win32";
  const [program, first] = cli?.endsWith("js") ? [process.execPath, [cli]] : ["npm", []];
  const child = spawn(program, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    shell: onWindows && program === "npm",
  });
  return new Promise((done) => {
    let output = "";
    const collect = (chunk) => {
      output += chunk;
      process.stderr.write(chunk);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => done({ code: 1, output: `${output}\n${error.code} ${error.message}` }));
    child.on("close", (code) => done({ code, output }));
  });
}

const REASONS = [
  [/spawn npm ENOENT/, "npm is not on the PATH; install Node.js together with npm"],
  [/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH/, "the package registry cannot be reached"],
  [/SELF_SIGNED|CERT_|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, "the package registry's certificate is not trusted"],
  [/\bE40[13]\b/, "the package registry refuses the credentials in .npmrc"],
  [/ETARGET|E404/, "the package registry does not have a version that package-lock.json names"],
  [/EINTEGRITY/, "a package does not match its checksum in package-lock.json"],
  [/ENOSPC/, "the disk is full"],
  [/EACCES|EPERM|EROFS/, "no permission to write to the project's folder"],
  [/EUSAGE|in sync/, "package.json and package-lock.json do not belong together"],
  [/EBADPLATFORM/, "a package does not exist for this platform"],
];

function inWords(output) {
  const reason = REASONS.find(([pattern]) => pattern.test(output))?.[1];
  return reason === undefined ? "npm could not install; its own words are above" : `npm could not install: ${reason}`;
}

function say(text) {
  process.stderr.write(`rendezvous: ${text}\n`);
}
