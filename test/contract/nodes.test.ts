import { expect, test } from "bun:test";
import { createMemoryNodes } from "../../src/adapters/memory/nodes.ts";
import { createRedisNodes } from "../../src/adapters/redis/nodes/nodes.ts";
import { eventually } from "../support/eventually.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { nodesContract } from "./nodes.ts";

nodesContract("memory", (clock) => createMemoryNodes(clock));

let clusters = 0;
forEachRedis((adapter, makeCalls) => {
  nodesContract(adapter, (clock) => createRedisNodes({ calls: makeCalls(), clock, cluster: `test-${clusters++}` }));

  test("redis' own time decides who lives, unless told otherwise", async () => {
    const nodes = createRedisNodes({ calls: makeCalls() });
    await nodes.beat({ id: "long", value: "" }, 60_000);
    await nodes.beat({ id: "short", value: "" }, 1);
    await eventually("the short lease is over", async () => (await nodes.dead()).some(({ id }) => id === "short"));
    expect(await nodes.live()).toEqual([{ id: "long", value: "" }]);
  });
});
