import { describe, test } from "bun:test";
import { embeddedWorld, redisClusterWorld, redisWorld } from "../support/cluster.ts";
import { anyToAny } from "./any-to-any.ts";
import { reconnecting } from "./reconnecting.ts";
import { redisFailover } from "./redis-failover.ts";
import { LONG_MS, on } from "./run.ts";
import { slowReaders } from "./slow-readers.ts";

const THREE = () => redisWorld(3);
const FAST = { SOCKET_MESSAGES_PER_SECOND: "100000" };
const THREE_ON_CLUSTER = () => redisClusterWorld(3);

describe("200 devices send to each other at random: once and in order, or an error", () => {
  test("one node", on(embeddedWorld, anyToAny), LONG_MS);
  test("three nodes", on(THREE, anyToAny), LONG_MS);
  test("three nodes on a Redis Cluster", on(THREE_ON_CLUSTER, anyToAny), LONG_MS);
});

describe("5,000 devices reconnect at once", () => {
  test("to one node", on(embeddedWorld, reconnecting), LONG_MS);
  test("to three nodes", on(THREE, reconnecting), LONG_MS);
});

test("a master of a Redis Cluster is killed under traffic", on(THREE_ON_CLUSTER, redisFailover), LONG_MS);

describe("devices that stop reading", () => {
  test(
    "one node",
    on(() => embeddedWorld(FAST), slowReaders),
    LONG_MS,
  );
  test(
    "two nodes",
    on(() => redisWorld(2, FAST), slowReaders),
    LONG_MS,
  );
});
