import { startServer } from "../support/server.ts";
import { arenaStreamsSuite } from "./arena-streams-suite.ts";

arenaStreamsSuite("one node", async () => {
  const node = await startServer({ FACES: "arena" });
  return { nodes: [node, node, node], stop: async () => void (await node.stop()) };
});
