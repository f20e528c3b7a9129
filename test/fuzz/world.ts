import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { createRecords } from "../../src/adapters/sql/records.ts";
import { openSqlite } from "../../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { arenaHalves, expectTrueCounters } from "../support/recount.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer } from "../support/server.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import type { Trouble } from "./trouble.ts";

/** A server that is to be bothered. */
export interface World {
  readonly port: number;
  readonly url: string;
  readonly wsUrl: string;
  /** What it has logged as a failure since the last call. */
  troubles(): readonly Trouble[];
  isGone(): boolean;
  /** In bytes, and open descriptors. */
  weight(): { readonly memory: number; readonly descriptors: number };
  /** Stops it and looks at what it has kept. Throws if it did not stop well, or its counters are wrong. */
  end(): Promise<void>;
}

/** What it may log: none of these is its failure. */
const FAILURES = /"level":"(error|fatal)"|panic|Segmentation|a promise nobody waited for|an exception nobody caught/;

const SETTINGS = {
  STUN_URLS: "stun:stun.example.org",
  TURN_URLS: "turn:turn.example.org:3478",
  TURN_SECRET: "north",
  ARENA_VERIFY_SIGNATURES: "off",
  // One socket sends as fast as it can here, and all come from one address.
  SOCKET_MESSAGES_PER_SECOND: "1000000",
  SOCKETS_PER_ADDRESS: "0",
  ROOM_CAPACITY: "4",
};

export type Engine = "embedded" | "shared";

/** `shared`: on a Redis and a PostgreSQL of its own. */
export async function openWorld(engine: Engine, settings: Readonly<Record<string, string>> = {}): Promise<World> {
  return engine === "embedded" ? embedded(settings) : shared(settings);
}

async function embedded(settings: Readonly<Record<string, string>>): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-fuzz-"));
  return around(
    { ...SETTINGS, ...settings, DATA_DIR: folder },
    () => openSqlite({ folder }),
    async () => rmSync(folder, { recursive: true, force: true }),
  );
}

async function shared(settings: Readonly<Record<string, string>>): Promise<World> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const url = await postgres.createDatabase();
  const stores = { REDIS_URL: redis.url, DATABASE_URL: url };
  return around(
    { ...SETTINGS, ...settings, ...stores },
    () => openPostgres({ url }),
    async () => {
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  );
}

async function around(settings: Record<string, string>, store: () => Store, clean: () => Promise<void>) {
  const server = await startServer(settings);
  let read = 0;
  let gone = false;
  void server.exited.then(() => (gone = true));

  const troubles = (): readonly Trouble[] => {
    const output = server.output();
    const lines = output
      .slice(read)
      .split("\n")
      .filter((line) => FAILURES.test(line));
    read = output.length;
    const said = lines.map((line) => ({ kind: `log: ${messageIn(line)}`, what: line.slice(0, 3_000) }));
    return gone ? [...said, { kind: "the server is gone", what: output.slice(-3_000) }] : said;
  };

  return {
    port: server.port,
    url: server.url,
    wsUrl: server.wsUrl,
    troubles,
    isGone: () => gone,
    weight: () => ({
      memory: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) * 1024,
      descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
    }),
    async end() {
      try {
        const code = await server.stop();
        if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.output().slice(-3_000)}`);
        await recountOf(store());
      } finally {
        await clean();
      }
    },
  };
}

/** Every counter that was kept equals what the rows themselves say. */
async function recountOf(store: Store): Promise<void> {
  try {
    const { tallies } = createRecords(store, createVirtualClock(), systemRandom);
    await expectTrueCounters(store, tallies);
    const halves = await arenaHalves(store);
    if (Object.values(halves).some((count) => count !== 0)) throw new Error(`the arena: ${JSON.stringify(halves)}`);
  } finally {
    await store.close();
  }
}

function messageIn(line: string): string {
  try {
    const { msg, err, route, door } = JSON.parse(line) as Record<string, any>;
    return [msg, err?.message, route, door]
      .filter((part) => part !== undefined)
      .join(", ")
      .slice(0, 200);
  } catch {
    return line.slice(0, 200);
  }
}
