import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer } from "../support/server.ts";
import { dashboardSuite } from "./dashboard-suite.ts";

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
