import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { startAsked, type Asked } from "../harness/asked.ts";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { LOAD_CORE, onCore } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, Refused, warmUp, type Figures } from "../harness/rounds.ts";
import type { Bench, Row, Work } from "../harness/work.ts";
import { wrk } from "../load/wrk.ts";

const program = (name: string): string => join(import.meta.dir, "..", name);
const SETTINGS = { FACES: "arena", BUDGETS: "join=address:1000000/1s; read=address:1000000/1s" };

/** Players who ask at once, and the most of them who share a transaction. */
const CONNECTIONS = 256;
const GROUP = 128;

/** Connections of a pool as ours has it, and the two of a match. */
const [POOL, PAIR] = [10, 2];

/** How long as much as gets through is sent in a round, in s: tens of thousands of tickets. */
const FULL_S = 1;

/** Tickets a second that must get through, and how long each may take while as many come, in ms. */
const ASKED = 10_000;
const P99_MS = 10;

/**
 * At which rates that is measured: a part of what gets through at most, and as many as must, or what leaves a slower
 * machine time for what comes unevenly.
 */
const RATES = {
  some: { of: (most: number) => 0.2 * most, what: "a fifth of that many" },
  most: {
    of: (most: number) => Math.min(ASKED, 0.6 * most),
    what: `${ASKED} a second, or 0.6 of that many if that is less`,
  },
};

/** Players who join the queue, are matched and know it; whatever they were told is on disk. */
export const arena: Work = {
  name: "arena",
  title: "Arena: join to matched",
  needs: ["wrk", "taskset", "postgres", "/usr/lib/python3/dist-packages/fastapi/__init__.py"],
  smokeNeeds: ["wrk", "taskset"],
  async measure(bench) {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-bench-"));
    try {
      const rows = await onSqlite(bench, folder);
      return bench.smoke ? rows : [...rows, await onPostgres(bench)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function onSqlite({ smoke, rounds, seconds, say }: Bench, folder: string): Promise<Row[]> {
  say("SQLite");
  const [ours, bare, peer] = await Promise.all([
    startOurs({ ...SETTINGS, DATA_DIR: join(folder, "ours") }),
    startAsked([program("limits/sqlite-tickets.ts"), join(folder, "bare"), `${GROUP}`, `${FULL_S}`]),
    smoke ? null : startFastapi(folder),
  ]);
  const rates: Asked[] = [];
  const nobody = async (): Promise<Figures> => ({ perSecond: Number.NaN, cpuMicros: Number.NaN, p99: Number.NaN });
  const contenders = {
    ours: joining(ours),
    bare: () => bare.measure(),
    peer: peer === null ? nobody : joining(peer),
  };
  try {
    await warmUp(contenders, smoke ? 1 : 2);
    const { perSecond } = await contenders.ours();
    const atRate = async (which: keyof typeof RATES, name: string, target: string, core?: number) => {
      if (smoke) return nobody;
      const rate = Math.round(RATES[which].of(perSecond!));
      const one = await startAsked([program(name), target, `${rate}`, `${seconds}`], core);
      rates.push(one);
      return () => {
        settleDisk(folder);
        return one.measure();
      };
    };
    const some = await atRate("some", "load/arena-rate.ts", ours.url, LOAD_CORE);
    const most = await atRate("most", "load/arena-rate.ts", ours.url, LOAD_CORE);
    const disk = await atRate("most", "limits/disk-writes.ts", join(folder, "pages"));
    const samples = await inRounds(rounds, { ...contenders, some, most, disk });
    const limit = (figure: string) =>
      ({ name: "bare SQLite", kind: "limit", samples: samples.of("bare", figure) }) as const;
    const fastapi = (figure: string) =>
      ({ name: "FastAPI, uvicorn, SQLite", kind: "peer", samples: samples.of("peer", figure) }) as const;
    const generator = samples.most("generator");
    const cpu: Row = {
      what: "CPU a ticket, SQLite",
      unit: "µs",
      ours: samples.of("ours", "cpuMicros"),
      against: [{ ...limit("cpuMicros"), target: { atMost: 8 } }, ...(smoke ? [] : [fastapi("cpuMicros")])],
      generator,
    };
    if (smoke) return [cpu];
    const untilKnown = (which: keyof typeof RATES): Row => ({
      what: `p99 until both know, at ${RATES[which].what}, SQLite`,
      unit: "ms",
      ours: samples.of(which, "p99"),
      target: { atMost: P99_MS },
      // What one group takes there with nobody waiting, and what the disk alone makes as many wait: no answer that is on
      // disk comes sooner than that.
      against: [
        { ...limit("p99"), name: "bare SQLite, one group" },
        { name: "a page each, one wait for the disk", kind: "limit", samples: samples.of("disk", "p99") },
      ],
      generator,
      note:
        "garbage is collected beside what is served, on the same core: while that lasts, a core that is busy to more than a " +
        "half falls behind, and whoever joins then waits. The disk's limit is measured at the higher of both rates.",
    });
    return [
      {
        what: "tickets matched, SQLite",
        unit: "tickets a second",
        ours: samples.of("ours", "perSecond"),
        target: { atLeast: ASKED },
        against: [limit("perSecond"), fastapi("perSecond")],
        generator,
      },
      cpu,
      untilKnown("some"),
      untilKnown("most"),
    ];
  } finally {
    await Promise.all([ours, bare, peer, ...rates].map(async (one) => one?.stop()));
  }
}

async function onPostgres({ rounds, say }: Bench): Promise<Row> {
  say("PostgreSQL");
  const postgres = await startPostgres({ fsync: true, prefix: onCore(LOAD_CORE) });
  try {
    const ours = await startOurs({ ...SETTINGS, DATABASE_URL: postgres.url });
    const startBare = async (group: number, connections: number): Promise<Asked> => {
      const numbers = [group, FULL_S, connections].map(String);
      return startAsked([program("limits/postgres-tickets.ts"), await postgres.createDatabase(), ...numbers]);
    };
    const [each, grouped] = [await startBare(PAIR, POOL), await startBare(GROUP, 1)];
    const contenders = {
      ours: joining(ours),
      each: () => each.measure(),
      grouped: () => grouped.measure(),
    };
    try {
      await warmUp(contenders, 2);
      const samples = await inRounds(rounds, contenders);
      return {
        what: "tickets matched, PostgreSQL",
        unit: "tickets a second",
        ours: samples.of("ours", "perSecond"),
        against: [
          {
            name: "bare transactions, one a match",
            kind: "limit",
            samples: samples.of("each", "perSecond"),
            target: { atLeast: 0.5 },
          },
          {
            name: `bare transactions, one for ${GROUP} who join`,
            kind: "limit",
            samples: samples.of("grouped", "perSecond"),
          },
        ],
        generator: samples.most("generator"),
        note: "what is held against it has its rows ready: it reads no request, and answers none.",
      };
    } finally {
      await Promise.all([ours, each, grouped].map((one) => one.stop()));
    }
  } finally {
    await postgres.stop();
  }
}

/**
 * Brings to disk what those before have left to be written: otherwise whoever waits for its own commit waits for that,
 * too, since the file system commits for all its files at once.
 */
function settleDisk(folder: string): void {
  Bun.spawnSync(["sync", "--file-system", folder]);
}

/** As many as get through, and the processor time of the server for each who knows of a match. */
function joining({ pid, url }: Pick<Contender, "pid" | "url">) {
  const script = program("load/scripts/arena.lua");
  let runs = 0;
  return async (): Promise<Figures> => {
    const before = cpuSeconds(pid);
    const env = { RUN: `${pid}${runs++}` };
    const { said, failed, generator } = await wrk(url, { script, seconds: FULL_S, connections: CONNECTIONS, env });
    if (failed > 0 || said["unmatched"]! > 0) throw new Refused(`${failed} requests were refused`);
    const matched = said["matched"]!;
    return { perSecond: matched / FULL_S, cpuMicros: ((cpuSeconds(pid) - before) * 1e6) / matched, generator };
  };
}

async function startFastapi(folder: string): Promise<Contender> {
  const port = await freePort();
  const options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", `${port}`];
  const app = ["arena:app", "--app-dir", program("peers/fastapi")];
  return startContender(["/usr/bin/python3", "-m", "uvicorn", ...app, ...options], {
    env: { ARENA_DB: join(folder, "fastapi.db"), PYTHONDONTWRITEBYTECODE: "1" },
    url: `http://127.0.0.1:${port}`,
  });
}
