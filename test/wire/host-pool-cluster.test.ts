import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Cluster } from "ioredis";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { startRedisCluster, type RunningCluster } from "../support/redis-cluster.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { hostPoolSuite } from "./host-pool-suite.ts";

/** A face that keeps records would want a PostgreSQL beside the Redis. */
const SERVED = { FACES: "host-pool,rooms,video-chat" };

let suiteRedis: RunningCluster | undefined;
hostPoolSuite("a Redis Cluster", async () => {
  suiteRedis = await startRedisCluster();
  return { ...SERVED, REDIS_URL: suiteRedis.url };
});
afterAll(() => suiteRedis?.stop());

describe("host pool on a Redis Cluster, shared by two servers", () => {
  let cluster: RunningCluster;
  let client: Cluster;
  let servers: RunningServer[];

  beforeAll(async () => {
    cluster = await startRedisCluster();
    client = new Cluster(cluster.url.split(","));
    // One of the servers is enough to find the others.
    const one = { ...SERVED, REDIS_URL: cluster.members[1]!.url };
    servers = await Promise.all([startServer(one), startServer({ ...SERVED, REDIS_URL: cluster.url })]);
  });
  afterAll(async () => {
    client.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
    await cluster.stop();
  });

  const find = (region: string, server: RunningServer) => post(`${server.url}/api/match/find`, { region });

  test("all is well, and so the servers say", async () => {
    for (const { url } of servers) {
      expect((await call("GET", `${url}/readyz`)).body).toMatchObject({ status: "ready" });
    }
  });

  test("hosts that another program wrote are found on every master", async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `foreign-${n}`);
    for (const id of ids) {
      const host = { hostId: id, roomId: id, region: "foreign", status: "idle", publicIp: "1.2.3.4", gameInfo: {} };
      await client.set(`host:${id}`, JSON.stringify(host), "EX", 30);
    }
    const found = new Set<string>();
    await eventually("all are found", async () => {
      const answer = await find("foreign", servers[found.size % 2]!);
      if (answer.status === 200) found.add(answer.body.roomId);
      return found.size === ids.length;
    });
  });

  test("200 finds at once over two servers and 50 hosts give 50 different hosts and 150 404s", async () => {
    for (let n = 0; n < 50; n++) {
      const id = `many-${n}`;
      await post(`${servers[n % 2]!.url}/api/host/heartbeat`, { hostId: id, roomId: id, region: "many" });
    }
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => find("many", servers[n % 2]!)));
    const rooms = answers.filter(({ status }) => status === 200).map(({ body }) => body.roomId);
    expect(new Set(rooms).size).toBe(50);
    expect(answers.filter(({ status }) => status === 404).length).toBe(150);
    for (const room of rooms) expect(JSON.parse((await client.get(`host:${room}`))!).status).toBe("allocated");
  });
});
