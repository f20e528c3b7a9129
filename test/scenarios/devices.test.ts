import { describe, test } from "bun:test";
import { embeddedWorld, redisWorld } from "../support/cluster.ts";
import { anyToAny } from "./any-to-any.ts";
import { killedNode } from "./killed-node.ts";
import { redisAway } from "./redis-away.ts";
import { LONG_MS, on } from "./run.ts";

const THREE = () => redisWorld(3);

describe("200 devices send to each other at random: once and in order, or an error", () => {
  test("one node", on(embeddedWorld, anyToAny), LONG_MS);
  test("three nodes", on(THREE, anyToAny), LONG_MS);
});

test("kill -9 of a node under traffic", on(THREE, killedNode), LONG_MS);

test("Redis stopped and started again, empty", on(THREE, redisAway), LONG_MS);
