import { Cluster } from "ioredis";
import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { forEachRedis, type TestedRedis } from "../support/redis-adapters.ts";
import { linkNode } from "../support/redis-link.ts";
import { busContract } from "./bus.ts";

busContract("memory", async () => {
  const bus = createMemoryBus();
  return { here: bus, there: bus, close: () => undefined };
});

forEachRedis((adapter, _, redis) =>
  busContract(adapter, async () => {
    const [here, there] = [linkNode(redis().url), linkNode(redis().url)];
    await Promise.all([here.link.tried, there.link.tried]);
    return {
      here: here.bus,
      there: there.bus,
      cut: () => cutAll(redis()),
      close() {
        here.close();
        there.close();
      },
    };
  }),
);

/** Every connection but the tests' own. */
async function cutAll({ connection }: TestedRedis): Promise<void> {
  const servers = connection instanceof Cluster ? connection.nodes("master") : [connection];
  for (const server of servers) {
    await server.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await server.call("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");
  }
}
