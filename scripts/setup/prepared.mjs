// Finds the prepared program: the server's sources and packages in one file, compiled beforehand, which is ready in half
// the time. See docs/decisions/launcher.md.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ readonly bun: string, readonly program: string }} Runnable what to run, and on which Bun */

/**
 * What was prepared, and out of which files. It is written last, and the program is one of the files: after a power cut it
 * may be shorter than it was.
 *
 * @typedef {Runnable & { readonly root: string, readonly files: readonly Stamp[] }} Preparation
 */

/** @typedef {readonly [path: string, size: number, time: number]} Stamp a file as it was, its path below the root */

/** @param {string} root the package's folder */
export function preparedFolder(root) {
  return join(root, "node_modules/.cache/rendezvous");
}

/** @param {string} root */
export function preparationFile(root) {
  return join(preparedFolder(root), "preparation.json");
}

/**
 * The prepared program, if it was made of exactly the files that are there now, by the Bun that is there now.
 *
 * @param {string} root the package's folder
 * @returns {Runnable | null}
 */
export function findPrepared(root) {
  try {
    /** @type {Preparation} */
    const { root: madeFor, bun, program, files } = JSON.parse(readFileSync(preparationFile(root), "utf8"));
    // The paths of the sources stand in it, and node_modules may be shared or copied.
    if (madeFor !== root || !files.every((stamp) => isUnchanged(root, stamp))) return null;
    return { bun, program };
  } catch {
    return null;
  }
}

/**
 * True if none was ever made for what lies in this node_modules, nor was it tried.
 *
 * @param {string} root
 */
export function isFirst(root) {
  return !existsSync(preparedFolder(root));
}

/**
 * @param {string} root
 * @param {string} path below the root
 * @returns {Stamp}
 */
export function stampOf(root, path) {
  const stat = statSync(`${root}/${path}`);
  return [path, stat.size, timeOf(path, stat)];
}

function isUnchanged(root, [path, size, time]) {
  const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
  return stat !== undefined && stat.size === size && timeOf(path, stat) === time;
}

/**
 * Nothing can be written without a new change time, whatever modification time it is given. But packages get one by each
 * hard link that is made of them, and what is in them is npm's record to say, which is one of the files.
 */
function timeOf(path, stat) {
  return Math.floor(path.includes("node_modules/") ? stat.mtimeMs : stat.ctimeMs);
}
