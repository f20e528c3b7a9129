import { createMemoryLeases } from "../../src/adapters/memory/leases.ts";
import { createRedisLeases } from "../../src/adapters/redis/leases/leases.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { leasesContract } from "./leases.ts";

leasesContract("memory", (clock) => createMemoryLeases(clock));

let pools = 0;
forEachRedis((adapter, makeCalls) =>
  leasesContract(adapter, (clock) => createRedisLeases({ calls: makeCalls(), pool: `test-${pools++}`, clock })),
);
