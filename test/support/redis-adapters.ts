import { afterAll, beforeAll, describe } from "bun:test";
import { Cluster, Redis } from "ioredis";
import { RedisCalls, type RedisConnection } from "../../src/adapters/redis/calls.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { startRedisCluster } from "./redis-cluster.ts";
import { startRedis } from "./redis.ts";

/** A Redis that tests run on. */
export interface TestedRedis {
  /** For commands of the tests' own. */
  readonly connection: RedisConnection;
  readonly url: string;
}

/** How long servers may take to start, in ms. */
const START_MS = 60_000;

/**
 * Declares the same tests for one real Redis and for a Redis Cluster of three masters, each started for them and empty.
 * `makeCalls` and `redis` are for use inside tests and hooks: nothing has been started before.
 */
export function forEachRedis(
  declare: (adapter: string, makeCalls: () => RedisCalls, redis: () => TestedRedis) => void,
): void {
  for (const { adapter, start } of [
    { adapter: "redis", start: one },
    { adapter: "redis cluster", start: cluster },
  ]) {
    describe(`(${adapter})`, () => {
      let started: TestedRedis & { stop(): Promise<void> };
      beforeAll(async () => {
        started = await start();
      }, START_MS);
      afterAll(() => started.stop());
      declare(
        adapter,
        () => new RedisCalls(started.connection, systemClock),
        () => started,
      );
    });
  }
}

async function one() {
  const server = await startRedis();
  const connection = new Redis(server.url);
  return {
    connection,
    url: server.url,
    async stop() {
      connection.disconnect();
      await server.stop();
    },
  };
}

async function cluster() {
  const servers = await startRedisCluster();
  const connection = new Cluster(servers.url.split(","));
  return {
    connection,
    url: servers.url,
    async stop() {
      connection.disconnect();
      await servers.stop();
    },
  };
}
