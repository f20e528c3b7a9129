// npm run bench:simulate: what millions of devices do that are cut off, with the costs that were measured. Writes the
// pictures docs/scaling-*.svg and the tables of docs/scaling.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeScaling } from "./page.ts";
import { simulateAll } from "./report.ts";

const began = performance.now();
const { pictures, text } = simulateAll();
const docs = join(import.meta.dir, "../../docs");
for (const [name, picture] of pictures) writeFileSync(join(docs, name), picture);
writeScaling(text);
console.log(`${text}\n\n${((performance.now() - began) / 1_000).toFixed(1)} s`);
