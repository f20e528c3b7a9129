import { startServer } from "../support/server.ts";
import { dashboardSuite } from "./dashboard-suite.ts";

dashboardSuite("one node", async () => {
  const server = await startServer();
  return { nodes: [server], stop: async () => void (await server.stop()) };
});
