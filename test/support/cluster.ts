import { issueToken } from "../../src/adapters/jwt/issue.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { call } from "./http.ts";
import { startPostgres } from "./postgres.ts";
import { startRedisCluster, type RunningCluster } from "./redis-cluster.ts";
import { startRedis, type RunningRedis } from "./redis.ts";
import { startServer, type RunningServer } from "./server.ts";

/** Of the identity provider that vouches for people. */
export const JWT_SECRET = "a secret of thirty-two bytes and more";

/** Somebody whom an identity provider vouches for: there is no password whose hash would cost more than the test. */
export interface Person {
  readonly email: string;
  readonly token: string;
}

/** Servers that are one service, and people who use it. */
export interface World {
  /** For people: what it runs on. */
  readonly about: string;
  /** The servers that run, paused ones included. */
  readonly nodes: readonly RunningServer[];
  /** Any of them, counted round. */
  node(n: number): RunningServer;
  people(count: number): Promise<readonly Person[]>;
  befriend(a: Person, b: Person): Promise<void>;
  stop(): Promise<void>;
}

/** Several nodes on one PostgreSQL and a Redis that others can do something to. */
export interface ClusterWorld extends World {
  kill(node: RunningServer): Promise<void>;
  pause(node: RunningServer): void;
  resume(node: RunningServer): void;
}

export interface RedisWorld extends ClusterWorld {
  readonly redis: RunningRedis;
  stopRedis(): Promise<void>;
  /** On the same port, empty. */
  startRedis(): Promise<void>;
}

export interface RedisClusterWorld extends ClusterWorld {
  readonly redis: RunningCluster;
}

type Settings = Readonly<Record<string, string>>;

let named = 0;

/** One node with everything in it. */
export async function embeddedWorld(settings: Settings = {}): Promise<World> {
  const server = await startServer({ FACES: "devices", JWT_SECRET, ...settings });
  return { ...served("embedded", [server]), stop: async () => void (await server.stop()) };
}

/** Nodes on one Redis and one PostgreSQL. */
export async function redisWorld(count: number, settings: Settings = {}): Promise<RedisWorld> {
  let redis = await startRedis();
  const { world, stop } = await onStores(`${count} nodes`, count, { REDIS_URL: redis.url, ...settings });
  return Object.assign(world, {
    get redis() {
      return redis;
    },
    stopRedis: () => redis.stop(),
    async startRedis() {
      redis = await startRedis(redis.port);
    },
    async stop() {
      await stop();
      await redis.stop();
    },
  });
}

/** Nodes on a Redis Cluster whose masters have replicas. */
export async function redisClusterWorld(count: number, settings: Settings = {}): Promise<RedisClusterWorld> {
  const redis = await startRedisCluster({ replicas: 1 });
  const about = `${count} nodes, Redis Cluster`;
  const { world, stop } = await onStores(about, count, { REDIS_URL: redis.url, ...settings });
  return Object.assign(world, {
    redis,
    async stop() {
      await stop();
      await redis.stop();
    },
  });
}

async function onStores(about: string, count: number, settings: Settings) {
  const postgres = await startPostgres();
  const start = () => startServer({ FACES: "devices", JWT_SECRET, DATABASE_URL: postgres.url, ...settings });
  // The first brings the schema.
  const nodes = [await start()];
  nodes.push(...(await Promise.all(Array.from({ length: count - 1 }, start))));
  const world: ClusterWorld = {
    ...served(about, nodes),
    async kill(node) {
      nodes.splice(nodes.indexOf(node), 1);
      await node.stop("SIGKILL");
    },
    pause: ({ pid }) => void process.kill(pid, "SIGSTOP"),
    resume: ({ pid }) => void process.kill(pid, "SIGCONT"),
    stop: async () => undefined,
  };
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop("SIGKILL")));
    await postgres.stop();
  };
  return { world, stop };
}

function served(about: string, nodes: readonly RunningServer[]): Omit<World, "stop"> {
  const node = (n: number): RunningServer => nodes[n % nodes.length]!;
  const step = async (by: Person, whom: Person, action: string, at: number): Promise<void> => {
    const headers = { authorization: `Bearer ${by.token}` };
    const { status, body } = await call("POST", `${node(at).url}/api/contacts`, { email: whom.email, action }, headers);
    if (status >= 300) throw new Error(`${action}: ${status} ${JSON.stringify(body)}`);
  };
  return {
    about,
    nodes,
    node,
    people: (count) => Promise.all(Array.from({ length: count }, person)),
    async befriend(a, b) {
      await step(a, b, "request", 0);
      await step(b, a, "accept", 0);
    },
  };
}

/** Somebody whom nobody else is. */
export async function person(): Promise<Person> {
  const email = `person-${process.pid}-${named++}@example.com`;
  const token = await issueToken(
    { subject: email, ttlSeconds: 3_600, issuer: null, audience: null, claims: { email } },
    { secret: JWT_SECRET, clock: systemClock, random: systemRandom },
  );
  return { email, token };
}
