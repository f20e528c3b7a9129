import { afterEach, describe, expect, test } from "bun:test";
import { createRedisLeases } from "../../src/adapters/redis/leases/leases.ts";
import { slotOf } from "../../src/adapters/redis/slot.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { eventually } from "../support/eventually.ts";
import { startRedisCluster, type RunningCluster } from "../support/redis-cluster.ts";
import { linkNode, type LinkedNode } from "../support/redis-link.ts";

/** What a bus' channel is called in Redis. */
const inRedis = (channel: string): string => `rendezvous:bus:${channel}`;

describe("a Redis Cluster that changes under way", () => {
  const leftovers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of leftovers.splice(0).reverse()) await end();
  });
  const start = async (options?: Parameters<typeof startRedisCluster>[0]): Promise<RunningCluster> => {
    const cluster = await startRedisCluster(options);
    leftovers.push(() => cluster.stop());
    return cluster;
  };
  const link = async (cluster: RunningCluster): Promise<LinkedNode> => {
    const node = linkNode(cluster.url);
    leftovers.push(() => node.close());
    await node.link.tried;
    return node;
  };
  /** Publishes numbers on a channel without an end; says what was heard. */
  const traffic = async (from: LinkedNode, to: LinkedNode, channel: string) => {
    const heard: number[] = [];
    const unheard: number[] = [];
    let refused = 0;
    let isOver = false;
    await to.bus.subscribe(channel, (message) => void heard.push(Number(message))).inForce;
    const loop = (async () => {
      for (let n = 0; !isOver; n++) {
        from.bus.publish(channel, `${n}`).then(
          (count) => void (count === 0 && unheard.push(n)),
          () => refused++,
        );
        await new Promise((resume) => setImmediate(resume));
      }
    })();
    return {
      heard,
      /** Of which it was said that nobody heard them. */
      unheard: () => unheard,
      refused: () => refused,
      async end() {
        isOver = true;
        await loop;
      },
    };
  };
  const flowsOn = async (heard: readonly number[]): Promise<void> => {
    const count = heard.length;
    await eventually("messages go on", () => heard.length > count + 100, 30_000);
  };
  /** Those that came a second time, or after a later one. */
  const astray = (heard: readonly number[]) => heard.filter((n, at) => at > 0 && n <= heard[at - 1]!);

  test("a master that dies is replaced: subscriptions, messages and leases go on", async () => {
    const cluster = await start({ replicas: 1 });
    const [here, there] = [await link(cluster), await link(cluster)];
    const leases = createRedisLeases({ calls: here.calls, pool: "pool" });
    // In the pool's slot, so that one master has both.
    const flow = await traffic(here, there, "{pool}");
    let gaps = 0;
    there.bus.onGap(() => gaps++);
    await flowsOn(flow.heard);
    await leases.renew({ id: "a", group: "eu", alias: "a", value: "", ttlMs: 60_000 });
    const began = performance.now();
    await cluster.kill(await cluster.masterOf("rendezvous:{pool}"));
    await eventually("the gap is told", () => gaps > 0, 30_000);
    await flowsOn(flow.heard);
    const took = performance.now() - began;
    await flow.end();
    expect(astray(flow.heard)).toEqual([]);
    expect(flow.unheard().filter((n) => flow.heard.includes(n))).toEqual([]);
    await eventually("leases go on", async () => {
      const renewal = { id: "b", group: "eu", alias: "b", value: "", ttlMs: 60_000 };
      return await Promise.resolve(leases.renew(renewal)).catch(() => null);
    });
    expect(await leases.find({ id: "a" })).toMatchObject({ id: "a" });
    expect(await here.bus.publish("{pool}", "0")).toBe(1);
    console.log(`  ${flow.heard.length} heard, ${flow.refused()} refused, ${Math.round(took)} ms until all went on`);
  }, 90_000);

  test("a failover by hand in the middle of traffic loses no order and doubles nothing", async () => {
    const cluster = await start({ replicas: 1 });
    const [here, there] = [await link(cluster), await link(cluster)];
    const flow = await traffic(here, there, "channel");
    await flowsOn(flow.heard);
    const master = await cluster.masterOf(inRedis("channel"));
    await cluster.failover(master);
    await flowsOn(flow.heard);
    await flow.end();
    expect(astray(flow.heard)).toEqual([]);
    await eventually("it is known who hears", async () => (await here.bus.publish("channel", "9e9")) === 1);
    expect(flow.unheard().filter((n) => flow.heard.includes(n))).toEqual([]);
    console.log(`  ${flow.heard.length} heard, ${flow.refused()} refused`);
  }, 90_000);

  test("a slot that moves to another master takes its channels along", async () => {
    const cluster = await start();
    const [here, there] = [await link(cluster), await link(cluster)];
    const flow = await traffic(here, there, "channel");
    await flowsOn(flow.heard);
    const from = await cluster.masterOf(inRedis("channel"));
    const to = cluster.members.find((one) => one !== from)!;
    const slot = slotOf(inRedis("channel"));
    await to.direct.call("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
    await from.direct.call("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
    for (const { direct } of [to, from, ...cluster.members])
      await direct.call("CLUSTER", "SETSLOT", slot, "NODE", to.id);
    await flowsOn(flow.heard);
    await flow.end();
    expect(astray(flow.heard)).toEqual([]);
    expect(flow.unheard().filter((n) => flow.heard.includes(n))).toEqual([]);
    expect(await eventually("it is heard", () => here.bus.publish("channel", "9e9").catch(() => null))).toBe(1);
    console.log(`  ${flow.heard.length} heard, ${flow.refused()} refused`);
  }, 60_000);

  test("a master that dies without a replica is a trouble, and nobody waits for it", async () => {
    const cluster = await start({ nodeTimeoutMs: 1_000 });
    const node = await link(cluster);
    const leases = createRedisLeases({ calls: node.calls, pool: "pool" });
    const beat = () => leases.renew({ id: "a", group: "eu", alias: "a", value: "", ttlMs: 60_000 });
    await beat();
    const victim = await cluster.masterOf("rendezvous:{pool}");
    await cluster.kill(victim);
    const began = performance.now();
    await expect(beat()).rejects.toBeInstanceOf(StoreUnavailable);
    expect(performance.now() - began).toBeLessThan(2_500);
    await eventually("it is a trouble", () => node.link.troubles().some((one) => one.includes("of 16384 slots")));
    const again = performance.now();
    const all = await Promise.allSettled(Array.from({ length: 100 }, beat));
    expect(all.every(({ status }) => status === "rejected")).toBe(true);
    expect(performance.now() - again).toBeLessThan(2_500);
  }, 60_000);

  test("a cluster that is gone is a trouble at once and used again when it is back", async () => {
    const cluster = await start();
    const node = await link(cluster);
    await node.bus.subscribe("channel", () => undefined).inForce;
    for (const { pid } of cluster.members) process.kill(pid, "SIGSTOP");
    try {
      await eventually("it is noticed", () => node.link.troubles().length > 0, 20_000);
    } finally {
      for (const { pid } of cluster.members) process.kill(pid, "SIGCONT");
    }
    await eventually("it is well again", () => node.link.troubles().length === 0, 30_000);
    expect(await eventually("it is heard", () => node.bus.publish("channel", "a").catch(() => null))).toBe(1);
    for (const one of cluster.members) await cluster.kill(one);
    await eventually("it is noticed", () => node.link.troubles().length > 0, 20_000);
    await expect(node.bus.publish("channel", "a")).rejects.toBeInstanceOf(StoreUnavailable);
  }, 90_000);
});
