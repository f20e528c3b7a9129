import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Measured } from "./table.ts";
import type { Row, Target } from "./work.ts";
import { ratio } from "./rounds.ts";

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

/** How much worse than the kept ratio a ratio may be. */
export const WORSE_MOST = 0.25;

/** A ratio that has become worse. */
export interface Regression {
  readonly work: string;
  readonly what: string;
  readonly rival: string;
  readonly was: number;
  readonly is: number;
}

/** Ratios that are more than a quarter worse than the kept ones; in which direction that is, its target says. */
export function regressions(kept: readonly Measured[], works: readonly Measured[]): Regression[] {
  const before = new Map(kept.flatMap(ratiosOf).map((one) => [one.key, one.value]));
  return works.flatMap(ratiosOf).flatMap(({ key, value, work, what, rival, target }) => {
    const was = before.get(key);
    if (was === undefined) return [];
    const isWorse = "atLeast" in target ? value < was * (1 - WORSE_MOST) : value > was * (1 + WORSE_MOST);
    return isWorse ? [{ work, what, rival, was, is: value }] : [];
  });
}

interface KeyedRatio {
  readonly key: string;
  readonly value: number;
  readonly work: string;
  readonly what: string;
  readonly rival: string;
  readonly target: Target;
}

function ratiosOf({ name, rows }: Measured): KeyedRatio[] {
  return rows.flatMap((row: Row) =>
    row.against.flatMap(({ name: rival, samples, target }) =>
      target === undefined
        ? []
        : [
            {
              key: `${name} / ${row.what} / ${rival}`,
              value: ratio(row.ours, samples),
              work: name,
              what: row.what,
              rival,
              target,
            },
          ],
    ),
  );
}
