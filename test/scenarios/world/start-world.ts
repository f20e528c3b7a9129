import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JWT_SECRET, person } from "../../support/cluster.ts";
import { startPostgres } from "../../support/postgres.ts";
import { startRedis, type RunningRedis } from "../../support/redis.ts";
import { BOUNDS } from "./bounds.ts";
import type { Line } from "./line.ts";
import type { FaultNode } from "./node.ts";
import { startNode } from "./start-node.ts";
import { steadyPort } from "./steady-port.ts";
import type { FaultRedis, FaultWorld, WorldOptions } from "./world.ts";

/** Every face, ratings that are to be posted, and times that a test can wait for. */
const SETTINGS = {
  JWT_SECRET,
  FACES: "all",
  HOST_LEASE_SECONDS: `${BOUNDS.hostLeaseMs / 1000}`,
  ALLOCATION_SECONDS: `${BOUNDS.allocationMs / 1000}`,
  // Longer than any fault: how hosts that fell silent are treated is another scenario's subject.
  HOST_SILENCE_SECONDS: "600",
  // So are sessions that nobody comes to: here nobody but their clients ends them.
  SESSION_PENDING_MINUTES: "0",
  ARENA_VERIFY_SIGNATURES: "off",
  // Nobody listens there: ratings stay in the outbox, where they are counted.
  ARENA_PRIVATE_KEY: `0x${"42".repeat(32)}`,
  MONAD_RPC_URL: "http://127.0.0.1:9",
};

export async function startWorld<L extends Line>(options: WorldOptions<L>): Promise<FaultWorld<L>> {
  const { engine, prefix = () => [], lay, root, chain = null } = options;
  const count = engine === "cluster" ? (options.count ?? 3) : 1;
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-world-"));
  const redis = engine === "cluster" ? await startFaultRedis() : null;
  const postgres = engine === "cluster" ? (options.postgres ?? (await startPostgres())) : null;
  const nodes: FaultNode<L>[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    for (const { lines } of nodes) {
      await lines.redis?.stop();
      await lines.postgres?.stop();
    }
    await redis?.kill();
    if (options.postgres === undefined) await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  const start = async (at: number): Promise<FaultNode<L>> => {
    const lines = {
      redis: redis !== null && lay !== undefined ? await lay(redis.port) : null,
      postgres: postgres !== null && lay !== undefined ? await lay(postgres.port) : null,
    };
    const more = typeof options.settings === "function" ? options.settings(at) : (options.settings ?? {});
    const stores: Record<string, string> =
      redis === null || postgres === null
        ? { DATA_DIR: options.dataDir ?? folder }
        : {
            REDIS_URL: `redis://127.0.0.1:${lines.redis?.port ?? redis.port}`,
            DATABASE_URL: throughPort(postgres.url, lines.postgres?.port ?? postgres.port),
          };
    const paid: Record<string, string> =
      chain === null ? {} : { MONAD_RPC_URL: chain.url, REPUTATION_REGISTRY: chain.registry };
    return startNode({
      name: `n${at}`,
      settings: { ...SETTINGS, ...stores, ...paid, ...more },
      prefix: prefix(at),
      lines,
      ...(root === undefined ? {} : { source: root }),
    });
  };
  try {
    // The first brings the schema.
    nodes.push(await start(0));
    nodes.push(...(await Promise.all(Array.from({ length: count - 1 }, (_, at) => start(at + 1)))));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    engine,
    nodes,
    redis,
    postgres,
    anvil: chain,
    people: (wanted) => Promise.all(Array.from({ length: wanted }, person)),
    serving(n) {
      const turned = nodes.map((_, at) => nodes[(n + at) % nodes.length]!);
      return turned.find(({ state }) => state === "running") ?? turned[0]!;
    },
    stop,
  };
}

function throughPort(url: string, port: number): string {
  const through = new URL(url);
  through.port = `${port}`;
  return through.href;
}

async function startFaultRedis(): Promise<FaultRedis> {
  const port = await steadyPort();
  let running: RunningRedis | null = await startRedis(port);
  let pid = running.pid;
  return {
    port,
    get pid() {
      return pid;
    },
    get running() {
      return running;
    },
    async kill() {
      await running?.stop();
      running = null;
    },
    async restart() {
      running = await startRedis(port);
      ({ pid } = running);
    },
  };
}
