// Says what a request of the host pool is made of: how much of its processor time is our own code, how much the runtime's
// that it calls, and how much would be there without either; beside the bare routes. Needs perf (Debian: linux-perf).
//
//   bun bench/profile/main.ts [heartbeat | find]
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENT, startContender, startOurs, type Contender } from "../harness/contender.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { short } from "../harness/table.ts";
import { BEATS, FINDS, FREE_AGAIN, POOL, register, WIDE } from "../load/hosts.ts";
import { askInTurn } from "../load/requests.ts";
import type { PlainRequest } from "../load/serial.ts";
import { readJitDump } from "./jit-dump.ts";
import { PARTS, sharesOf, type Part } from "./parts.ts";
import { readStacks } from "./stacks.ts";

const here = import.meta.dir;
const REQUESTS: Readonly<Record<string, readonly PlainRequest[]>> = { heartbeat: BEATS, find: FINDS };
const what = process.argv[2] ?? "heartbeat";
const requests = REQUESTS[what] ?? unknown(what);

/** Until everything that is hot is compiled, and how long it is then looked at, in s. */
const [WARM_S, SECONDS] = [5, 8];

/** Samples a second. */
const RATE = 2_500;

interface Profile {
  /** Of processor time a request, in µs. */
  readonly micros: number;
  readonly shares: Readonly<Record<Part, number>>;
}

async function profile(start: (env: Record<string, string>) => Promise<Contender>): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-profile-"));
  const samples = join(folder, "samples");
  const server = await start({ BUN_JSC_useJITDump: "1", BUN_JSC_jitDumpDirectory: folder });
  try {
    await askInTurn(server.url, requests, { seconds: WARM_S });
    const record = [
      "record",
      "-k",
      "1",
      "-e",
      "cpu-clock",
      "-F",
      `${RATE}`,
      "-g",
      "-p",
      `${server.pid}`,
      "-o",
      samples,
    ];
    const recording = perf([...record, "--", "sleep", `${SECONDS}`]);
    const before = cpuSeconds(server.pid);
    const { perSecond } = await askInTurn(server.url, requests, { seconds: SECONDS });
    const micros = ((cpuSeconds(server.pid) - before) / (perSecond * SECONDS)) * 1e6;
    await recording;
    const dump = readdirSync(folder).find((name) => name.endsWith(".dump"))!;
    const code = readJitDump(readFileSync(join(folder, dump)));
    const stacks = readStacks(await perf(["script", "-i", samples, "-F", "comm,ip,sym,dso"]), code);
    return { micros, shares: sharesOf(stacks) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function unknown(name: string): never {
  console.error(`There is no profile of ${name}; there are ${Object.keys(REQUESTS).join(" and ")}.`);
  process.exit(2);
}

/** What it prints. */
async function perf(args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["perf", ...args], { stdout: "pipe", stderr: "pipe" });
  const [text, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`perf ended with ${code}:\n${errors}`);
  return text;
}

const bare = (route: string) => (env: Record<string, string>) =>
  startContender([process.execPath, join(here, `../limits/${route}-route.ts`)], { env });

const ours = (env: Record<string, string>): Promise<Contender> =>
  startOurs({ FACES: "host-pool", BUDGETS: WIDE, ...FREE_AGAIN, ...PATIENT, ...env });

type Start = (env: Record<string, string>) => Promise<Contender>;

/** Finds need some to find. */
const withHosts =
  (start: Start): Start =>
  async (env) => {
    const server = await start(env);
    if (what === "find") await register(server.url, POOL);
    return server;
  };

const limit = await profile(bare("json"));
const byHand = await profile(withHosts(bare("by-hand")));
const own = await profile(withHosts(ours));

const columns: readonly (readonly [string, Profile])[] = [
  ["bare route", limit],
  ["the same by hand", byHand],
  ["ours", own],
];
const line = (...cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);
line(`µs of a ${what}`, ...columns.map(([name]) => name));
line(...["", ...columns].map(() => "---"));
for (const part of PARTS) line(part, ...columns.map(([, { shares, micros }]) => short(shares[part] * micros)));
line("all", ...columns.map(([, { micros }]) => short(micros)));
const most = limit.micros / (own.micros * (1 - own.shares["our own code"]));
console.log(`\nIf our own code took no time at all, ours would be at ${short(most)} of the bare route.`);
console.log(`What is written out by hand is at ${short(limit.micros / byHand.micros)}.`);
process.exit(0);
