import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readKept } from "./kept.ts";
import { toMarkdown } from "./table.ts";

const FILE = join(import.meta.dir, "../RESULTS.md");

/** What stands between these two lines is written from results.json; the rest of the page is written by hand. */
const [BEGIN, END] = ["<!-- figures: written by npm run bench -- --keep -->", "<!-- end of figures -->"];

/** Writes the kept figures into bench/RESULTS.md. */
export function writeResults(): void {
  const kept = readKept("full");
  if (kept === null) return;
  const { cpu, cores, memoryGiB, kernel, versions } = kept.machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const machine = `Measured on ${cores} cores of ${cpu}, ${memoryGiB} GiB, Linux ${kernel}, with ${programs.join(", ")}.`;
  const page = readFileSync(FILE, "utf8");
  const [before, after] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  if (before < BEGIN.length || after < before) throw new Error(`${FILE} has lost the lines around its figures`);
  writeFileSync(FILE, `${page.slice(0, before)}\n${machine}\n\n${toMarkdown(kept.works)}\n${page.slice(after)}`);
}
