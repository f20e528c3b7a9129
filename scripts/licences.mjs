#!/usr/bin/env node
// Writes docs/licences.md: every package of the lock file, and the licence that it says it has. With --check it only says
// whether the file is up to date. Needs node_modules for the licences that the lock does not name.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What may be used in a program that is MIT licensed, without conditions beyond keeping their notices. */
export const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
]);

/** What may be used besides in tests and tools, which are not passed on: those ask for the source of their own changes. */
export const allowedInTests = new Set(["MPL-2.0"]);

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} version
 * @property {string} licence as it says itself; `unknown` if it does not
 * @property {boolean} dev true: only for building and testing
 */

/**
 * Every package of a lock file, once, by name and version.
 *
 * @param {string} root folder of package-lock.json and node_modules
 * @returns {Package[]}
 */
export function packagesOf(root) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  /** @type {Map<string, Package>} */
  const found = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.startsWith("node_modules/") || entry.link === true) continue;
    const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const key = `${name} ${entry.version}`;
    const dev = entry.dev === true && found.get(key)?.dev !== false;
    found.set(key, { name, version: entry.version, licence: entry.license ?? installed(join(root, path)), dev });
  }
  return [...found.values()].sort((one, other) =>
    `${one.name} ${one.version}` < `${other.name} ${other.version}` ? -1 : 1,
  );
}

/** @param {string} folder of a package */
function installed(folder) {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return "unknown";
  const { license, licenses } = JSON.parse(readFileSync(file, "utf8"));
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(" OR ") ?? "unknown";
}

/**
 * True if one of the licences on offer is allowed, or all of those that come together.
 *
 * @param {string} licence an SPDX expression without nested brackets
 * @param {boolean} [dev] true: of a package for building and testing alone
 */
export function isAllowed(licence, dev = false) {
  const one = licence.replace(/^\((.*)\)$/, "$1");
  if (one.includes(" AND ")) return one.split(" AND ").every((part) => isAllowed(part, dev));
  return one.split(" OR ").some((name) => allowed.has(name) || (dev && allowedInTests.has(name)));
}

/** @param {readonly Package[]} packages */
export function listed(packages) {
  const table = (/** @type {readonly Package[]} */ some) =>
    ["| package | version | licence |", "|---|---|---|"]
      .concat(some.map(({ name, version, licence }) => `| \`${name}\` | ${version} | ${licence} |`))
      .join("\n");
  return `# Licences of what this program uses

Rendezvous itself is [MIT licensed](../LICENSE). \`npm run licences\` writes this page from the lock file.

## In production

${table(packages.filter(({ dev }) => !dev))}

## For tests and tools

${table(packages.filter(({ dev }) => dev))}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const file = join(root, "docs/licences.md");
  const text = listed(packagesOf(root));
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error("docs/licences.md is not up to date: npm run licences");
    process.exitCode = 1;
  }
}
