import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program that was built for this run. */
export interface Built {
  /** Where it is. */
  readonly path: string;
  /** Removes it. */
  remove(): void;
}

/** Builds a C program of one file with gcc, in a folder of its own. @throws if it does not compile */
export function compile(source: string): Built {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-bench-"));
  const path = join(folder, "program");
  const { success, stderr } = Bun.spawnSync(["gcc", "-O2", "-o", path, source]);
  if (!success) throw new Error(`${source} does not compile:\n${stderr.toString()}`);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
