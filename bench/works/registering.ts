import pg from "pg";
import { startOurs } from "../harness/contender.ts";
import { cpuSeconds, cpuSecondsOfTree, parentOf } from "../harness/processes.ts";
import { inRounds, type Figures, type Samples } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";
import { deviceCrowd } from "../load/device-crowd.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { startRedis } from "../../test/support/redis.ts";
import type { RunningServer } from "../../test/support/server.ts";
import { SECRET } from "../../test/support/tokens.ts";

const settings = {
  FACES: "devices",
  AUTH_MODE: "open",
  JWT_SECRET: SECRET,
  RATE_LIMIT_PER_MINUTE: "0",
  SOCKETS_PER_ADDRESS: "0",
  SOCKET_MESSAGES_PER_SECOND: "1000000",
  BUDGETS: "connect=address:1000000/1s",
};

/**
 * What it costs when devices that were cut off come back: the handshake, the registration with its token, contacts and
 * presence, and the end of the connection before. It is what bench/simulate reckons with.
 */
export const registering: Work = {
  name: "registering",
  title: "Devices that come back, a thousand at once",
  needs: ["taskset", "redis-server", "postgres"],
  async measure({ rounds, smoke }) {
    const size = smoke ? 500 : 1_000;
    const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    const stores = { REDIS_URL: redis.url, DATABASE_URL: postgres.url };
    const embedded = [await startOurs(settings)];
    // From one to the other and back: whoever stays has its contacts there already.
    const shared = [await startOurs({ ...settings, ...stores }), await startOurs({ ...settings, ...stores })];
    const database = new pg.Client(postgres.url);
    try {
      await database.connect();
      const master = parentOf(await backendOf(database));
      const comeBack = async (servers: readonly RunningServer[]): Promise<() => Promise<Figures>> => {
        const crowd = await deviceCrowd(servers, size);
        for (const _ of servers) await crowd.comeBack();
        return async () => {
          const before = await costsOf(servers, redis.pid, master);
          await crowd.comeBack();
          const after = await costsOf(servers, redis.pid, master);
          return Object.fromEntries(after.map(([name, value], at) => [name, (value - before[at]![1]) / size]));
        };
      };
      const contenders = { embedded: await comeBack(embedded), shared: await comeBack(shared) };
      return rowsOf(await inRounds(rounds, contenders));
    } finally {
      await database.end();
      await Promise.all([...shared, ...embedded].map((server) => server.stop("SIGKILL")));
      await Promise.all([redis.stop(), postgres.stop()]);
    }
  },
};

async function backendOf(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]!.pid;
}

type Costs = readonly (readonly [name: string, value: number])[];

/** What all of them have used since they started: processor time in µs, and questions by what the server counts itself. */
async function costsOf(servers: readonly RunningServer[], redis: number, postgres: number): Promise<Costs> {
  const metrics = await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const asked = (labels: string): number => {
    const line = new RegExp(`^rendezvous_store_duration_seconds_count\\{${labels}\\} (\\d+)`, "m");
    return sum(metrics.map((text) => Number(line.exec(text)?.[1] ?? 0)));
  };
  return [
    ["node", sum(servers.map(({ pid }) => cpuSeconds(pid))) * 1e6],
    ["redis", cpuSeconds(redis) * 1e6],
    ["postgres", cpuSecondsOfTree(postgres) * 1e6],
    ["scripts", asked('store="redis",kind="script"')],
    ["commands", asked('store="redis",kind="command"')],
    ["reads", asked('store="postgres",kind="read"')],
  ];
}

function rowsOf(samples: Samples<"embedded" | "shared">): Row[] {
  // What an operation costs does not depend on how fast the next one comes.
  const cost = { against: [], generator: 0 } as const;
  const cpu = "µs of CPU a device";
  const each = "a device";
  return [
    { ...cost, what: "node, embedded", unit: cpu, ours: samples.of("embedded", "node") },
    { ...cost, what: "nodes, Redis and PostgreSQL", unit: cpu, ours: samples.of("shared", "node") },
    { ...cost, what: "Redis", unit: cpu, ours: samples.of("shared", "redis") },
    { ...cost, what: "PostgreSQL", unit: cpu, ours: samples.of("shared", "postgres") },
    { ...cost, what: "scripts in Redis", unit: each, isCount: true, ours: samples.of("shared", "scripts") },
    { ...cost, what: "commands of Redis", unit: each, ours: samples.of("shared", "commands") },
    { ...cost, what: "reads of PostgreSQL", unit: each, isCount: true, ours: samples.of("shared", "reads") },
  ];
}
