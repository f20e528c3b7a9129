// Finds the Bun that npm installed.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bun weighs 60 MB and more; what stands in its place until its install script ran is a text of a few hundred bytes. */
const A_REAL_BINARY = 1_000_000;

/**
 * The path of Bun's binary. The `bun` package gets it from its install script; where npm was told not to run install
 * scripts, the package of the platform still has it.
 *
 * @param {string} root the package's folder
 * @returns {string | null} null if it is not installed
 */
export function findBun(root) {
  const modules = join(root, "node_modules");
  const placed = join(modules, "bun/bin/bun.exe");
  if (isBinary(placed)) return placed;
  const platforms = list(join(modules, "@oven")).filter((name) => name.startsWith(`bun-${platformName()}`));
  const binaries = platforms.flatMap((name) =>
    ["bun", "bun.exe"].map((file) => join(modules, "@oven", name, "bin", file)),
  );
  return binaries.find(isBinary) ?? null;
}

function platformName() {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isBinary(file) {
  try {
    return statSync(file).size > A_REAL_BINARY;
  } catch {
    return false;
  }
}
