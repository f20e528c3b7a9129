// Scenarios that mostly wait: side by side, they take as long as the longest.
import { describe, test } from "bun:test";
import { embeddedWorld, redisWorld } from "../support/cluster.ts";
import { ALLOCATION_MS, emptiedRedis } from "./emptied-redis.ts";
import { halfOpen } from "./half-open.ts";
import { killedNode } from "./killed-node.ts";
import { pausedNode } from "./paused-node.ts";
import { redisAway } from "./redis-away.ts";
import { LONG_MS, on } from "./run.ts";

const THREE = () => redisWorld(3);
const WITH_HOSTS = () => redisWorld(3, { FACES: "devices,host-pool", ALLOCATION_SECONDS: `${ALLOCATION_MS / 1000}` });

describe.concurrent("at once", () => {
  test("SIGSTOP of a node for 40 s", on(THREE, pausedNode), LONG_MS);
  test("kill -9 of a node under traffic", on(THREE, killedNode), LONG_MS);
  test("Redis stopped and started again, empty", on(THREE, redisAway), LONG_MS);
  test("a Redis that has lost everything, twice", on(WITH_HOSTS, emptiedRedis), LONG_MS);
  test("a connection that dies unnoticed, one node", on(embeddedWorld, halfOpen), LONG_MS);
  test("a connection that dies unnoticed, three nodes", on(THREE, halfOpen), LONG_MS);
});
