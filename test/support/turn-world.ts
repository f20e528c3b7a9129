import { expect } from "bun:test";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { startServer, type RunningServer } from "./server.ts";
import { SECRET } from "./tokens.ts";

const SETTINGS = {
  AUTH_MODE: "token",
  JWT_SECRET: SECRET,
  RATE_LIMIT_PER_MINUTE: "0",
  TURN_URLS: "turn:turn.example.org",
  TURN_SECRET: "north",
};

/** Nodes that ask for tokens and give TURN credentials. */
export interface TurnWorld {
  readonly nodes: readonly [RunningServer, RunningServer];
  stop(): Promise<void>;
}

/** The same server twice. */
export async function oneNode(): Promise<TurnWorld> {
  const node = await startServer(SETTINGS);
  return {
    nodes: [node, node],
    stop: async () => expect(await node.stop()).toBe(0),
  };
}

/** Two nodes on one Redis and one PostgreSQL. */
export async function twoNodes(): Promise<TurnWorld> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const settings = { ...SETTINGS, DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  const nodes = await Promise.all([startServer(settings), startServer(settings)]);
  return {
    nodes,
    async stop() {
      for (const node of nodes) expect(await node.stop()).toBe(0);
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}
