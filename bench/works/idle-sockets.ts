import { join } from "node:path";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { cpuSeconds, residentBytes } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Work } from "../harness/work.ts";
import { startClients, type ClientScript } from "../load/clients.ts";
import { SECRET, sleepers } from "../load/sleepers.ts";

const limit = join(import.meta.dir, "../limits/idle-socket.ts");

const settings = {
  FACES: "devices",
  SOCKETS_PER_ADDRESS: "0",
  JWT_SECRET: SECRET,
  BUDGETS: ["connect=address:1000000/1s", "presence=address:1000000/1s", "message=address:1000000/1s"].join(";"),
};

/** As many as 20,000 descriptors leave room for on either side. */
const MANY = 18_000;

/** Those who are there before anything is counted, so that nothing happens for the first time. */
const BEFORE = 300;

/** What it takes until collectors have had their time, in ms. */
const SETTLE_MS = 4_000;

/** More would take minutes, and they differ by little. */
const ROUNDS = 3;

/** Devices that are registered, present and silent: what each takes of memory, and of time to come in. */
export const idleSockets: Work = {
  name: "idle-sockets",
  title: "Idle sockets",
  needs: ["taskset"],
  async measure({ rounds, smoke }) {
    if (smoke) return [];
    const all = await sleepers(BEFORE + MANY);
    const samples = await inRounds(Math.min(ROUNDS, rounds), {
      ours: () => measure(startOurs(settings), "/socket/", all),
      bare: () => measure(startContender([process.execPath, limit]), "/", all),
    });
    const bare = { name: "bare Bun socket", kind: "limit" as const };
    return [
      {
        what: `registered device, one of ${MANY}`,
        unit: "bytes resident",
        ours: samples.of("ours", "bytes"),
        against: [{ ...bare, samples: samples.of("bare", "bytes") }],
        target: { atMost: 5 * 1_024 },
        generator: 0,
      },
      {
        what: "connect and register",
        unit: "µs of CPU",
        ours: samples.of("ours", "micros"),
        against: [{ ...bare, samples: samples.of("bare", "micros") }],
        generator: 0,
      },
    ];
  },
};

async function measure(starting: Promise<Contender>, path: string, all: readonly ClientScript[]): Promise<Figures> {
  const server = await starting;
  const clients = startClients();
  const url = server.url.replace(/^http/, "ws") + path;
  try {
    await clients.open(url, all.slice(0, BEFORE));
    await Bun.sleep(SETTLE_MS);
    const before = { cpu: cpuSeconds(server.pid), bytes: residentBytes(server.pid) };
    await clients.open(url, all.slice(BEFORE));
    const micros = ((cpuSeconds(server.pid) - before.cpu) * 1e6) / MANY;
    await Bun.sleep(SETTLE_MS);
    return { micros, bytes: (residentBytes(server.pid) - before.bytes) / MANY };
  } finally {
    await Promise.all([server.stop("SIGKILL"), clients.stop()]);
  }
}
