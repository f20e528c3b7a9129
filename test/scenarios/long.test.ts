// Scenarios that mostly wait: side by side, they take as long as the longest.
import { describe, test } from "bun:test";
import { redisWorld } from "../support/cluster.ts";
import { killedNode } from "./killed-node.ts";
import { pausedNode } from "./paused-node.ts";
import { redisAway } from "./redis-away.ts";
import { LONG_MS, on } from "./run.ts";

const THREE = () => redisWorld(3);

describe.concurrent("at once", () => {
  test("SIGSTOP of a node for 40 s", on(THREE, pausedNode), LONG_MS);
  test("kill -9 of a node under traffic", on(THREE, killedNode), LONG_MS);
  test("Redis stopped and started again, empty", on(THREE, redisAway), LONG_MS);
});
