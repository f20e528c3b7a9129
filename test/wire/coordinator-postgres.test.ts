import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { coordinatorClient, documented } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { coordinatorSuite } from "./coordinator-suite.ts";

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

coordinatorSuite("PostgreSQL", async () => ({ DATABASE_URL: await postgres.createDatabase() }));

describe("a coordinator of several nodes", () => {
  let redis: RunningRedis;
  let nodes: RunningServer[];
  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      FACES: "coordinator",
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      HOST_SILENCE_SECONDS: "2",
    };
    // All at once, on an empty database.
    nodes = await Promise.all(Array.from({ length: 3 }, () => startServer(settings)));
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.stop();
  });

  test("nodes that start at once share one set of records", async () => {
    const [one, two, three] = nodes.map((node) => coordinatorClient(() => `${node.url}/api`)) as [any, any, any];
    const host_id = await one.host();
    const zone_id = await two.zone();
    const session = await three.session({ host_id, zone_id, max_players: 10 });
    const joins = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        [one, two, three][at % 3].post(`/sessions/${session.session_id}/players`, { player_id: `p${at}` }),
      ),
    );
    expect(joins.filter(({ status }) => status === 200)).toHaveLength(10);
    for (const node of [one, two, three]) {
      expect((await node.get(`/sessions/${session.id}`)).body.current_players).toBe(10);
      expect((await node.get("/monitoring/dashboard")).body).toMatchObject({
        sessions: { total_players: 10 },
        system: { postgres: "healthy", redis: "healthy" },
      });
    }
  });

  test("a silent host is OFFLINE and its sessions have FAILED, on all nodes, counted once", async () => {
    const [one, two] = nodes.map((node) => coordinatorClient(() => `${node.url}/api`)) as [any, any];
    const host_id = await one.host();
    const zone_id = await one.zone();
    const { id } = await two.session({ host_id, zone_id });
    await one.post(`/sessions/${id}/activate`);
    await one.post(`/sessions/${id}/players`, { player_id: "p" });
    await eventually("the host is OFFLINE", async () => (await two.get(`/hosts/${host_id}`)).body.status === "OFFLINE");
    expect((await two.get(`/sessions/${id}`)).body).toMatchObject({ status: "FAILED", connected_players: [] });
    expect((await two.get(`/zones/${zone_id}`)).body).toMatchObject({ active_sessions: 0, total_players_served: 1 });
    expect((await one.post(`/hosts/${host_id}/heartbeat`, {})).status).toBe(200);
    expect((await two.get(`/hosts/${host_id}`)).body).toMatchObject({ status: "ONLINE", current_zones: 0 });
  });
});

describe("a coordinator whose PostgreSQL goes away", () => {
  test("says so, loses nothing, and is back when it is", async () => {
    const own = await startPostgres();
    const server = await startServer({ FACES: "coordinator", DATABASE_URL: own.url, LOG_LEVEL: "silent" });
    try {
      const api = coordinatorClient(() => `${server.url}/api`);
      const host_id = await api.host();
      await api.get("/monitoring/dashboard");
      await own.kill();
      const refused = await api.post(`/hosts/${host_id}/heartbeat`, documented.heartbeat);
      expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining("store") } });
      expect((await api.get(`/hosts/${host_id}`)).status).toBe(503);
      expect(await api.get("/monitoring/dashboard")).toMatchObject({
        status: 200,
        body: { hosts: { total: 1 }, system: { postgres: "unhealthy", redis: "embedded" } },
      });
      expect((await call("GET", `${server.url}/readyz`)).body).toEqual({
        status: "degraded",
        troubles: ["postgres cannot be reached"],
      });
      await own.restart();
      await eventually("it is back", async () => (await api.get(`/hosts/${host_id}`)).status === 200);
      expect((await api.post(`/hosts/${host_id}/heartbeat`, documented.heartbeat)).body.quality_score).toBe(98.5);
      expect((await api.get("/monitoring/dashboard")).body.system.postgres).toBe("healthy");
      await eventually("it is ready", async () => (await call("GET", `${server.url}/readyz`)).body.status === "ready");
    } finally {
      await server.stop();
      await own.stop();
    }
  });

  test("a server that starts before its PostgreSQL serves as soon as that is there", async () => {
    const own = await startPostgres();
    await own.kill();
    const server = await startServer({ FACES: "coordinator", DATABASE_URL: own.url, LOG_LEVEL: "silent" });
    try {
      const api = coordinatorClient(() => `${server.url}/api`);
      expect((await api.get("/hosts/")).status).toBe(503);
      expect((await api.get("/monitoring/dashboard")).body.system.postgres).toBe("unhealthy");
      await own.restart();
      await eventually("it serves", async () => (await api.get("/hosts/")).status === 200);
    } finally {
      await server.stop();
      await own.stop();
    }
  });
});
