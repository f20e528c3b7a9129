import { join } from "node:path";
import { Redis } from "ioredis";
import { startRedis, type RunningRedis } from "../../test/support/redis.ts";
import { startContender, startOurs } from "../harness/contender.ts";
import { LOAD_CORE, moveToCore } from "../harness/cores.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, Refused, warmUp, type Figures } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";
import { BARE_FILL, BARE_RETURN } from "../limits/redis-script-lua.ts";
import { fillPool, keepGivingBack, REGION } from "../load/redis-pool.ts";
import { wrk } from "../load/wrk.ts";

const script = join(import.meta.dir, "../load/scripts/find-redis.lua");
const limit = join(import.meta.dir, "../limits/redis-script.ts");

/** Enough that neither the server nor Redis ever waits for the other. */
const CONNECTIONS = 256;

const SOME = 1_000;
const MANY = 1_000_000;

/** A contender with a Redis of its own, and what keeps its hosts from running out. */
interface Found {
  readonly redis: RunningRedis;
  readonly admin: Redis;
  readonly pid: number;
  readonly url: string;
  giveBack(): () => Promise<void>;
  stop(): Promise<unknown>;
}

async function ourPool(hosts: number): Promise<Found> {
  const { redis, admin } = await aRedis();
  const server = await startOurs({
    FACES: "host-pool",
    REDIS_URL: redis.url,
    HOST_LEASE_SECONDS: "3600",
    BUDGETS: "find=address:1000000/1m",
  });
  await fillPool(admin, server.url, hosts);
  return {
    redis,
    admin,
    pid: server.pid,
    url: server.url,
    giveBack: () => keepGivingBack(admin),
    stop: () => Promise.all([server.stop(), admin.quit()]).then(redis.stop),
  };
}

async function barePool(hosts: number): Promise<Found> {
  const { redis, admin } = await aRedis();
  await admin.eval(BARE_FILL, 1, "bare", REGION, hosts);
  const server = await startContender([process.execPath, limit], { env: { REDIS_URL: redis.url } });
  return {
    redis,
    admin,
    pid: server.pid,
    url: server.url,
    giveBack: () => keepGivingBack(admin, BARE_RETURN, ["bare"], [REGION]),
    stop: () => Promise.all([server.stop(), admin.quit()]).then(redis.stop),
  };
}

async function aRedis(): Promise<{ redis: RunningRedis; admin: Redis }> {
  const redis = await startRedis();
  moveToCore(LOAD_CORE, redis.pid);
  return { redis, admin: new Redis(redis.url) };
}

/** Clients who each find a host, one after the other; hosts that are found come back a few milliseconds later. */
export const findRedis: Work = {
  name: "find-redis",
  title: "Find, over Redis",
  needs: ["wrk", "redis-server", "taskset"],
  async measure({ rounds, seconds, smoke, say }) {
    const pools = new Map<string, Found>();
    try {
      pools.set("ours", await ourPool(SOME)).set("bare", await barePool(SOME));
      if (!smoke) {
        say(`making ${MANY.toLocaleString("en-US")} hosts`);
        pools.set("many", await ourPool(MANY));
      }
      const contenders = Object.fromEntries([...pools].map(([name, pool]) => [name, () => finds(pool, seconds)]));
      await warmUp(contenders);
      const samples = await inRounds(rounds, contenders);
      const generator = samples.most("generator");
      const few: Row = {
        what: "find, 1,000 hosts",
        unit: "requests a second",
        ours: samples.of("ours", "perSecond"),
        against: [
          {
            name: "bare Bun route with one script call",
            kind: "limit",
            samples: samples.of("bare", "perSecond"),
            target: { atLeast: 0.6 },
          },
        ],
        generator,
      };
      if (smoke) return [few];
      const beside = (what: string, figure: string): Row => ({
        what,
        unit: "µs a find",
        ours: samples.of("ours", figure),
        against: [{ name: "bare Bun route with one script call", kind: "limit", samples: samples.of("bare", figure) }],
        generator,
      });
      const flat = (what: string, unit: string, figure: string, atMost?: number): Row => ({
        what,
        unit,
        ours: samples.of("many", figure),
        against: [
          {
            ...{ name: "with 1,000 hosts", kind: "limit", samples: samples.of("ours", figure) },
            ...(atMost === undefined ? {} : { target: { atMost } }),
          },
        ],
        generator,
      });
      return [
        few,
        beside("find, 1,000 hosts: processor of the server", "cpuMicros"),
        beside("find, 1,000 hosts: time in Redis", "redisMicros"),
        flat("find, 1,000,000 hosts: time a request", "µs", "micros", 1.3),
        flat("find, 1,000,000 hosts: time in Redis", "µs a find", "redisMicros"),
      ];
    } finally {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    }
  },
};

async function finds(pool: Found, seconds: number): Promise<Figures> {
  const end = pool.giveBack();
  try {
    await pool.admin.config("RESETSTAT");
    const before = cpuSeconds(pool.pid);
    const { perSecond, failed, generator } = await wrk(pool.url, { script, seconds, connections: CONNECTIONS });
    if (failed > 0) throw new Refused(`${failed} finds found nothing`);
    const stats = await pool.admin.info("commandstats");
    const micros = Number(/cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(stats)![1]);
    const found = perSecond * seconds;
    const cpuMicros = ((cpuSeconds(pool.pid) - before) * 1e6) / found;
    return { perSecond, generator, micros: 1e6 / perSecond, cpuMicros, redisMicros: micros / found };
  } finally {
    await end();
  }
}
