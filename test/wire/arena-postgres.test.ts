import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { aFighter, arenaClient, eventStream, type ArenaClient } from "../support/arena-client.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { arenaSuite } from "./arena-suite.ts";

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

arenaSuite("PostgreSQL", async () => ({ DATABASE_URL: await postgres.createDatabase() }));

describe("an arena of three nodes", () => {
  let redis: RunningRedis;
  let nodes: RunningServer[];
  let apis: readonly ArenaClient[];
  /** Each call on another node. */
  let turn = 0;
  const any = (): ArenaClient => apis[turn++ % 3]!;
  beforeAll(async () => {
    redis = await startRedis();
    const settings = { FACES: "arena", DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
    nodes = await Promise.all(Array.from({ length: 3 }, () => startServer(settings)));
    apis = nodes.map((node) => arenaClient(() => node.url));
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.stop();
  });

  test("joins on all nodes at once: every two make a match, nobody is in two, nobody meets itself", async () => {
    const all = Array.from({ length: 151 }, () => aFighter());
    await Promise.all(all.map((fighter) => any().join(fighter)));
    const places = await Promise.all(all.map(async ({ queueId }) => (await any().get(`/queue/${queueId}`)).body));
    const byMatch = Map.groupBy(places, ({ match_id }) => match_id);
    expect(byMatch.get(null)).toHaveLength(1);
    byMatch.delete(null);
    expect(byMatch.size).toBe(75);
    for (const [id, both] of byMatch) {
      expect(both).toHaveLength(2);
      const { p1_connect_code, p2_connect_code } = (await any().get(`/matches/${id}`)).body;
      const codes = both.map(({ opponent_code }) => opponent_code);
      expect(new Set(codes)).toEqual(new Set([p1_connect_code, p2_connect_code]));
      expect(new Set(codes).size).toBe(2);
    }
    expect((await any().get("/health")).body).toMatchObject({ queue_size: 1, active_matches: 75 });
    await any().post("/admin/cleanup");
  });

  test("joins of the same few codes, again and again: nobody meets itself, and one waits at most", async () => {
    const all = Array.from({ length: 6 }, () => aFighter());
    await Promise.all(Array.from({ length: 90 }, (_, at) => any().join(all[at % 6]!)));
    const { queue_size, active_matches } = (await any().get("/health")).body;
    expect(queue_size).toBeLessThanOrEqual(1);
    expect(active_matches).toBeGreaterThan(0);
    await any().post("/admin/cleanup");
  });

  test("reports, signatures and wagers on different nodes are those of one match", async () => {
    const [p1, p2] = [aFighter(), aFighter()];
    await any().join(p1, { agent_id: 1 });
    const { match_id: id } = await any().join(p2, { agent_id: 2 });
    const proposal = (queue_id: string) => ({ queue_id, amount_wei: 5, wager_id: 0 });
    const proposals = await Promise.all(
      [p1, p2, p1, p2].map(({ queueId }) => any().post(`/matches/${id}/wager/propose`, proposal(queueId))),
    );
    expect(proposals.filter(({ status }) => status === 200)).toHaveLength(1);
    const report = (queue_id: string, stocks_remaining: number) =>
      any().post(`/matches/${id}/result`, { queue_id, outcome: "COMPLETED", stocks_remaining });
    const reports = await Promise.all([
      ...Array.from({ length: 6 }, () => report(p1.queueId, 3)),
      ...Array.from({ length: 6 }, () => report(p2.queueId, 1)),
    ]);
    expect(reports.map(({ status }) => status)).toEqual(reports.map(() => 200));
    const { body: typedData } = await any().get(`/matches/${id}/typed-data`);
    const bodies = await Promise.all(
      [p1, p2].map(async (one) => ({ address: one.address, signature: await one.sign(typedData) })),
    );
    await Promise.all([...bodies, ...bodies, ...bodies].map((body) => any().post(`/matches/${id}/signature`, body)));
    expect((await any().get(`/matches/${id}/signatures`)).body).toMatchObject({
      signatures_received: 2,
      ready_for_submission: true,
    });
    expect((await any().get("/agents/1/rating")).body).toMatchObject({ elo: 1516, matches: 1, wins: 1 });
    expect((await any().get("/agents/2/rating")).body).toMatchObject({ elo: 1484, matches: 1, losses: 1 });
  });

  test("whoever watches on one node hears of the match made on another", async () => {
    const [p1, p2] = [aFighter(), aFighter()];
    await apis[0]!.join(p1);
    const events = await eventStream(`${nodes[1]!.url}/queue/${p1.queueId}/events`);
    expect((await events.next())!.event).toBe("waiting");
    const { match_id } = await apis[2]!.join(p2);
    expect((await events.next())!.data).toMatchObject({ status: "matched", match_id });
    expect(await events.next()).toBeNull();
  }, 15_000);
});

describe("an arena whose PostgreSQL goes away", () => {
  test("refuses in its own shape, still says that it lives, and is back when it is", async () => {
    const own = await startPostgres();
    const server = await startServer({ FACES: "arena", DATABASE_URL: own.url, LOG_LEVEL: "silent" });
    try {
      const api = arenaClient(() => server.url);
      const fighter = aFighter();
      await api.join(fighter);
      expect((await api.get("/health")).body.queue_size).toBe(1);
      await own.kill();
      const refused = await api.get(`/queue/${fighter.queueId}`);
      expect([refused.status, refused.body]).toEqual([503, { detail: expect.stringContaining("store") }]);
      const health = await api.get("/health");
      expect([health.status, health.body.queue_size]).toEqual([200, 1]);
      await own.restart();
      expect((await api.get(`/queue/${fighter.queueId}`)).body.status).toBe("waiting");
    } finally {
      await server.stop();
      await own.stop();
    }
  });
});
