// npm run soak: an hour of mixed load on both engines at once, after half an hour of the same. SOAK_WARM_UP_MINUTES,
// SOAK_MINUTES, SOAK_SHIFT_MINUTES, SOAK_SCALE, SOAK_GRAPH.
import { writeFileSync } from "node:fs";
import { chooseSeed } from "./scenarios/figures.ts";
import { memoryGraph } from "./scenarios/soak/graph.ts";
import { slopeOf, type Sample } from "./scenarios/soak/samples.ts";
import { soak } from "./scenarios/soak/soak.ts";

// Whoever asks it for help would wait an hour and a half for the answer.
if (process.argv.length > 2) {
  console.error("It takes no arguments, and settings from the environment, which its first lines name (test/soak.ts).");
  process.exit(2);
}

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
/** Left out of the slope: a runtime takes a while to find out how much it needs. */
const warmUp = number("SOAK_WARM_UP_MINUTES", 30);
/** Judged. */
const minutes = number("SOAK_MINUTES", 60);
const shiftMinutes = number("SOAK_SHIFT_MINUTES", 5);
const scale = number("SOAK_SCALE", 1);
const graph = process.env["SOAK_GRAPH"] ?? "docs/soak.svg";
const seed = chooseSeed();

/**
 * What may be noise, in MiB an hour: memory goes up and down by tens of MiB within minutes, so that a straight line through
 * an hour of it is known to 5 or so. Below that hour a slope is shown, and not judged.
 */
const MAX_SLOPE = 12;
const JUDGED_MINUTES = 60;

const progress = (line: string): void => console.log(line);
const engines = ["embedded", "cluster"] as const;
const results = await Promise.all(
  engines.map((engine) => soak({ engine, minutes: warmUp + minutes, shiftMinutes, scale, seed, progress })),
);

const lines = new Map<string, readonly Sample[]>();
let bad = 0;
console.log(`\n| process | RSS after ${warmUp} min, MiB | at the end | slope, MiB/h | descriptors at most | CPU |`);
console.log(`|---|---|---|---|---|---|`);
for (const [at, engine] of engines.entries()) {
  const { samples, violations, asked, delivered, failed } = results[at]!;
  for (const [name, all] of samples) {
    const label = engine === "embedded" ? "one node" : `${name} of three`;
    lines.set(label, all);
    const judged = all.filter((one) => one.at >= warmUp * 60);
    const slope = slopeOf(judged.map((one) => [one.at / 3600, one.rssMiB]));
    if (minutes >= JUDGED_MINUTES && slope > MAX_SLOPE) bad++;
    const last = all.at(-1)!;
    const descriptors = Math.max(...all.map((one) => one.descriptors));
    const cpu = ((100 * last.cpuSeconds) / last.at).toFixed(0);
    const [early, late] = [judged[0]!.rssMiB, last.rssMiB].map((mib) => mib.toFixed(0));
    console.log(`| ${label} | ${early} | ${late} | ${slope.toFixed(1)} | ${descriptors} | ${cpu} % |`);
  }
  console.log(
    `\n${engine}: ${asked} requests, ${delivered} messages delivered, ${failed} requests failed; seed ${seed}`,
  );
  for (const violation of violations) console.log(`  ${violation}`);
  bad += violations.length;
}
writeFileSync(graph, memoryGraph(`Resident memory under mixed load, ${warmUp + minutes} minutes`, lines));
console.log(`\n${bad === 0 ? "nothing wrong" : `${bad} wrong`}; the graph is in ${graph}`);
process.exit(bad === 0 ? 0 : 1);
