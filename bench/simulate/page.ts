import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readKept, type Kept } from "../harness/kept.ts";
import { median } from "../harness/rounds.ts";
import { short } from "../harness/table.ts";
import type { Row } from "../harness/work.ts";

const FILE = join(import.meta.dir, "../../docs/scaling.md");

/** What stands between two such lines of docs/scaling.md is written by a program. */
const FIGURES = ["<!-- figures: written by npm run bench -- --keep -->", "<!-- end of figures -->"] as const;
const SIMULATED = [
  "<!-- simulated: written by npm run bench:simulate -->",
  "<!-- end of what is simulated -->",
] as const;

/** Writes what the simulation says, and the kept figures, into docs/scaling.md. */
export function writeScaling(simulated: string): void {
  const page = readFileSync(FILE, "utf8");
  writeFileSync(FILE, withFigures(between(page, SIMULATED, simulated), readKept("full")));
}

/** Writes the kept figures alone. */
export function writeScalingFigures(): void {
  writeFileSync(FILE, withFigures(readFileSync(FILE, "utf8"), readKept("full")));
}

/** The page with the table of what one core does, by the kept figures. */
export function withFigures(page: string, kept: Kept | null): string {
  if (kept === null) return page;
  const lines = kept.works.flatMap(({ title, rows }) =>
    rows.map((row) => lineOf(title, row)).filter((one) => one !== null),
  );
  const table = ["| work | what | measured | one core does |", "|---|---|---|---|", ...lines];
  return between(page, FIGURES, table.join("\n"));
}

/** Null for a figure that says nothing of what a machine carries. */
function lineOf(title: string, { what, unit, ours }: Row): string | null {
  const value = median(ours);
  const cells = [title, what, `${short(value)} ${unit}`];
  if (unit.startsWith("µs of CPU")) cells.push(`${short(1e6 / value)} a second`);
  else if (unit.endsWith("a second")) cells.push(`${short(value)} a second`);
  else if (/^(KB|bytes)\b.*(resident|socket|connection|object|device)/.test(unit)) cells.push("");
  else return null;
  return `| ${cells.join(" | ")} |`;
}

function between(page: string, [begin, end]: readonly [string, string], text: string): string {
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`${FILE} has lost the lines ${begin} and ${end}`);
  return `${page.slice(0, from)}\n${text}\n${page.slice(to)}`;
}
