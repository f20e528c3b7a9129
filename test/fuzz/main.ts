// npm run fuzz: the long form. What is found goes to standard output as it is found, and makes the exit code 1.
//
//   FUZZ_COUNT      shots of each campaign (1000000)
//   FUZZ_SEED       where the seeds begin (1); the same seed asks the same
//   FUZZ_CAMPAIGNS  which, separated by commas (all)
//   FUZZ_EACH       shots to one server, before it is looked at and another one takes its place (50000)
//   FUZZ_SHARED     every so many-th server is on Redis and PostgreSQL (5); 0: none
//   FUZZ_STATE      a file that keeps how far it came; a run that finds it goes on from there
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Finding } from "./campaign.ts";
import { campaigns } from "./campaigns.ts";
import { besiege } from "./siege.ts";

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const count = number("FUZZ_COUNT", 1_000_000);
const seed = number("FUZZ_SEED", 1);
const each = number("FUZZ_EACH", 50_000);
const sharedEvery = number("FUZZ_SHARED", 5);
const names = process.env["FUZZ_CAMPAIGNS"]?.split(",") ?? Object.keys(campaigns);
const file = process.env["FUZZ_STATE"];

/** Seeds of one server lie together; those of the next begin so far behind them. */
const SEEDS_EACH = 1_000_000;

interface Progress {
  servers: number;
  sent: number;
  seconds: number;
  readonly tally: Record<string, number>;
}

const state: Record<string, Progress> =
  file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as typeof state) : {};
const known = new Set<string>();
let all = 0;

for (const name of names) {
  const progress = (state[name] ??= { servers: 0, sent: 0, seconds: 0, tally: {} });
  while (progress.sent < count) {
    const began = performance.now();
    const at = progress.servers++;
    const engine = sharedEvery > 0 && at % sharedEvery === sharedEvery - 1 ? "shared" : "embedded";
    const asked = Math.min(each, count - progress.sent);
    const outcome = await besiege(campaigns[name]!, { engine, seed: seed + at * SEEDS_EACH, count: asked, known });
    const seconds = (performance.now() - began) / 1000;
    progress.sent += outcome.sent;
    progress.seconds += seconds;
    for (const [what, times] of outcome.tally) progress.tally[what] = (progress.tally[what] ?? 0) + times;
    for (const finding of outcome.findings) report(finding);
    if (file !== undefined) writeFileSync(file, JSON.stringify(state));
    const rate = Math.round(outcome.sent / seconds);
    console.log(`${name} ${progress.sent}/${count} (${engine}, ${rate}/s), findings so far: ${all}`);
    if (outcome.sent === 0) throw new Error("nothing could be sent");
  }
  console.log(`${name} ${JSON.stringify(progress)}`);
}
process.exit(all > 0 ? 1 : 0);

function report({ campaign, seed: of, trouble, smallest }: Finding): void {
  all++;
  known.add(trouble.kind);
  console.log(`\n--- ${campaign}, seed ${of}: ${trouble.kind}\n${trouble.what}\nsmallest: ${smallest}\n`);
}
