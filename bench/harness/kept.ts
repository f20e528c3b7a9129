import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Measured } from "./table.ts";

/** A run as it is kept in the repository. */
export interface Kept {
  readonly machine: Machine;
  readonly works: readonly Measured[];
}

/** The long run is what one reads; the short one is kept beside it, since shorter runs have other ratios. */
export type Length = "full" | "smoke";

const FILE = join(import.meta.dir, "../results.json");

export function readKept(length: Length): Kept | null {
  return readAll()[length] ?? null;
}

export function keep(length: Length, kept: Kept): void {
  writeFileSync(FILE, `${JSON.stringify({ ...readAll(), [length]: kept }, null, 1)}\n`);
}

function readAll(): Partial<Record<Length, Kept>> {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Partial<Record<Length, Kept>>) : {};
}
