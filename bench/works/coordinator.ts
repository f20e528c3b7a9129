import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { PATIENT, startContender, startOurs, type Contender } from "../harness/contender.ts";
import { inRounds, Refused, warmUp, type Figures } from "../harness/rounds.ts";
import type { Bench, Row, Work } from "../harness/work.ts";
import { fillCoordinator, type Place } from "../load/coordinator-records.ts";
import { wrk } from "../load/wrk.ts";

const scripts = join(import.meta.dir, "../load/scripts");
const fastapi = join(import.meta.dir, "../peers/fastapi");

const SETTINGS = {
  FACES: "coordinator",
  BUDGETS: "request=address:1000000/1s; open=address:1000000/1s; heartbeat=address:1000000/1s,account:1000000/1s",
  HOST_SILENCE_SECONDS: "86400",
};

/** So many that commits are shared, and so few that nobody waits long enough for the server to refuse some. */
const CONNECTIONS = 64;

const HOSTS = 1_000;
const ZONES = 50;
const [FEW, MANY] = [1_000, 100_000];

/** How long lists are read in a round, in s: some ten thousand pages, which are all alike. */
const LISTING_S = 1;

/** Hosts, zones and sessions: all that a coordinator's clients do, and its lists when there are many rows. */
export const coordinator: Work = {
  name: "coordinator",
  title: "Coordinator",
  needs: ["wrk", "taskset", "postgres", "/usr/lib/python3/dist-packages/fastapi/__init__.py"],
  smokeNeeds: ["wrk", "taskset"],
  async measure(bench) {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-bench-"));
    try {
      const sqlite = await lists(bench, "SQLite", async (rows) => ({ folder: join(folder, `${rows}`) }));
      if (bench.smoke) return sqlite;
      const others = await listsOnPostgres(bench);
      return [...(await mixed(bench, folder)), ...sqlite, ...others];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function listsOnPostgres(bench: Bench): Promise<Row[]> {
  const postgres = await startPostgres();
  try {
    return await lists(bench, "PostgreSQL", async () => ({ url: await postgres.createDatabase() }));
  } finally {
    await postgres.stop();
  }
}

/** Twelve of twenty requests write, and are on disk when they are answered, on either side. */
async function mixed({ rounds, seconds, say }: Bench, folder: string): Promise<Row[]> {
  const [ours, peer] = await Promise.all([
    startOurs({ ...SETTINGS, DATA_DIR: join(folder, "ours") }),
    startFastapi(folder),
  ]);
  const script = join(scripts, "coordinator.lua");
  try {
    say("the mixed requests");
    await Promise.all([signUp(ours.url), signUp(peer.url)]);
    const contenders = { ours: measuring(ours.url, script, seconds), peer: measuring(peer.url, script, seconds) };
    await warmUp(contenders, 3);
    const samples = await inRounds(rounds, contenders);
    return [
      {
        what: "reads and writes, mixed, SQLite",
        unit: "requests a second",
        ours: samples.of("ours", "perSecond"),
        against: [
          {
            name: "FastAPI, uvicorn, SQLite",
            kind: "peer",
            samples: samples.of("peer", "perSecond"),
            target: { atLeast: 5 },
          },
        ],
        generator: samples.most("generator"),
      },
    ];
  } finally {
    await Promise.all([ours.stop(), peer.stop()]);
  }
}

async function startFastapi(folder: string): Promise<Contender> {
  const port = await freePort();
  const options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", `${port}`];
  return startContender(["/usr/bin/python3", "-m", "uvicorn", "coordinator:app", "--app-dir", fastapi, ...options], {
    env: { DATA: folder, PYTHONDONTWRITEBYTECODE: "1" },
    url: `http://127.0.0.1:${port}`,
  });
}

/** The hosts and zones that the mixed requests speak of. */
async function signUp(url: string): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const { status } = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (status !== 201) throw new Error(`${path} was answered ${status}`);
  };
  const host = { player_id: "player", player_name: "Player", ip_address: "192.168.1.100", port: 8080, max_zones: 50 };
  for (let n = 1; n <= HOSTS; n += 50) {
    const some = Array.from({ length: 50 }, (_, at) => `host-${n + at}`);
    await Promise.all(some.map((host_id) => post("/api/hosts/", { ...host, host_id })));
  }
  for (let n = 1; n <= ZONES; n++) await post("/api/zones/", { zone_id: `zone-${n}`, zone_name: `Zone ${n}` });
}

/** The same pages of few rows and of many. */
async function lists({ rounds, say }: Bench, store: string, placeOf: (rows: number) => Promise<Place>): Promise<Row[]> {
  say(`lists of ${MANY.toLocaleString("en-US")} rows in ${store}`);
  const started = async (rows: number): Promise<Contender> => {
    const place = await placeOf(rows);
    await fillCoordinator(place, rows);
    const where = "folder" in place ? { DATA_DIR: place.folder } : { DATABASE_URL: place.url };
    return startOurs({ ...SETTINGS, ...PATIENT, ...where });
  };
  const servers = { few: await started(FEW), many: await started(MANY) };
  const script = join(scripts, "lists.lua");
  try {
    const contenders = {
      few: measuring(servers.few.url, script, LISTING_S),
      many: measuring(servers.many.url, script, LISTING_S),
    };
    await warmUp(contenders);
    const samples = await inRounds(rounds, contenders);
    return [
      {
        what: `lists of 100,000 rows, ${store}`,
        unit: "µs a page of 50",
        ours: samples.of("many", "micros"),
        against: [
          { name: "of 1,000 rows", kind: "limit", samples: samples.of("few", "micros"), target: { atMost: 2 } },
        ],
        generator: samples.most("generator"),
      },
    ];
  } finally {
    await Promise.all([servers.few.stop(), servers.many.stop()]);
  }
}

function measuring(url: string, script: string, seconds: number): () => Promise<Figures> {
  return async () => {
    const { perSecond, failed, generator } = await wrk(url, { script, seconds, connections: CONNECTIONS });
    if (failed > 0) throw new Refused(`${failed} requests were refused`);
    return { perSecond, generator, micros: 1e6 / perSecond };
  };
}
