import { afterAll, beforeAll, describe } from "bun:test";
import { redisClusterWorld, type RedisClusterWorld } from "../support/cluster.ts";
import { devicesSuite } from "../wire/devices-suite.ts";
import { LONG_MS } from "./run.ts";

describe("the devices' document, on three nodes and a Redis Cluster", () => {
  let world: RedisClusterWorld;
  // Its people sign up here, which they may not where others vouch for them.
  beforeAll(async () => void (world = await redisClusterWorld(3, { SIGNUP: "open" })), LONG_MS);
  afterAll(() => world?.stop(), LONG_MS);
  devicesSuite({ nodes: () => world.nodes });
});
