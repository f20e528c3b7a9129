import { expect, test } from "bun:test";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { operatorClient } from "../support/operator-client.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { dashboardSuite } from "./dashboard-suite.ts";

test("an operator sees what only other nodes serve: in the overview, in lists, in the search, and acts on it", async () => {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const start = (FACES: string) => startServer({ FACES, REDIS_URL: redis.url, DATABASE_URL: postgres.url });
  const nodes = [await start("arena"), await start("host-pool,rooms,coordinator")];
  try {
    const [here, there] = nodes as [RunningServer, RunningServer];
    const operator = operatorClient(() => here.url);
    const host = await coordinatorClient(() => `${there.url}/api`).host();
    await eventually("the nodes know each other", async () => (await operator.all("nodes")).length === 2);
    const watch = await operator.watch();
    const counted = { face: "coordinator", region: null, state: "ONLINE", count: 1 };
    expect((await watch.until("overview", ({ hosts }) => hosts.length > 0)).hosts).toEqual([counted]);
    // The history has it too, whichever of the nodes has the lower id.
    await watch.until("sample", ({ hosts, nodes: two }) => two === 2 && hosts.idle === 1);
    await watch.close();
    const id = `coordinator:${host}`;
    expect(await operator.all("hosts")).toMatchObject([{ id, state: "ONLINE" }]);
    expect(await operator.search(host)).toEqual([{ kind: "hosts", id, label: host }]);
    await operator.act(await operator.get("hosts", id), "maintenance");
    expect((await operator.get("hosts", id)).state).toBe("MAINTENANCE");
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([redis.stop(), postgres.stop()]);
  }
}, 60_000);

dashboardSuite("two nodes", async () => {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const start = () => startServer({ REDIS_URL: redis.url, DATABASE_URL: postgres.url });
  // The first brings the schema.
  const nodes = [await start(), await start()];
  return {
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
});
