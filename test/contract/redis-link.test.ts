import { afterEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { script } from "../../src/adapters/redis/script.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { startRedisCluster } from "../support/redis-cluster.ts";
import { linkNode, type LinkedNode } from "../support/redis-link.ts";
import { startRedis } from "../support/redis.ts";

const write = script("return redis.call('SET', KEYS[1], ARGV[1])");

describe("the way to Redis", () => {
  const leftovers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of leftovers.splice(0).reverse()) await end();
  });
  const later = <T extends { stop(): Promise<void> }>(running: T): T => {
    leftovers.push(() => running.stop());
    return running;
  };
  const link = (url: string): LinkedNode => {
    const node = linkNode(url);
    leftovers.push(() => node.close());
    return node;
  };
  const set = (node: LinkedNode) => node.calls.script(write, ["key"], ["value"]);
  const works = (node: LinkedNode) => eventually("it can be written", () => set(node).catch(() => null));

  test("a Redis that is away at the start is said so once, refuses at once, and is used when it comes", async () => {
    const port = await freePort();
    const node = link(`redis://127.0.0.1:${port}`);
    const heard: string[] = [];
    const subscription = node.bus.subscribe("a", (message) => void heard.push(message));
    await node.link.tried;
    expect(node.link.troubles()).toEqual(["redis is not reachable"]);
    const began = performance.now();
    for (let n = 0; n < 100; n++) await expect(set(node)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(performance.now() - began).toBeLessThan(500);
    later(await startRedis(port));
    await subscription.inForce;
    expect(await node.bus.publish("a", "message")).toBe(1);
    await eventually("it is heard", () => heard.length === 1);
    expect(node.link.troubles()).toEqual([]);
    expect(node.told).toEqual([expect.stringContaining("lost: "), "up: redis"]);
  });

  test("a cluster that is away at the start is found to be one when it comes", async () => {
    const port = await freePort();
    const node = link(`redis://127.0.0.1:${port}`);
    await node.link.tried;
    const subscription = node.bus.subscribe("a", () => undefined);
    later(await startRedisCluster({ firstPort: port }));
    await subscription.inForce;
    expect(await node.bus.publish("a", "message")).toBe(1);
    await works(node);
    expect(node.told).toEqual([expect.stringContaining("lost: "), "up: redis cluster"]);
  }, 60_000);

  test("a Redis that is stopped and started again is used again, and the gap is told", async () => {
    const redis = later(await startRedis());
    const node = link(redis.url);
    let gaps = 0;
    node.bus.onGap(() => gaps++);
    await node.bus.subscribe("a", () => undefined).inForce;
    await redis.stop();
    await eventually("it is noticed", () => node.link.troubles().length > 0);
    await expect(node.bus.publish("a", "message")).rejects.toBeInstanceOf(StoreUnavailable);
    later(await startRedis(redis.port));
    await eventually("the gap is told", () => gaps === 1);
    expect(await eventually("it is up", () => node.bus.publish("a", "message").catch(() => null))).toBe(1);
    expect(node.told).toEqual(["up: redis", expect.stringContaining("lost: "), "up: redis"]);
  });

  test("a Redis that was made a replica is left for whatever is behind its name then", async () => {
    const [redis, master] = [later(await startRedis()), later(await startRedis())];
    const admin = new Redis(redis.url);
    leftovers.push(() => admin.disconnect());
    const node = link(redis.url);
    await works(node);
    const connections = async (): Promise<string> =>
      String(await admin.call("CLIENT", "LIST"))
        .split("\n")
        .flatMap((line) => (line.includes("name=rendezvous ") ? [line.split(" ")[0]!] : []))
        .join();
    const before = await connections();
    await admin.call("REPLICAOF", "127.0.0.1", master.port);
    await expect(set(node)).rejects.toBeInstanceOf(StoreUnavailable);
    await eventually("it has connected anew", async () => {
      const now = await connections();
      return now !== "" && now !== before;
    });
    await admin.call("REPLICAOF", "NO", "ONE");
    await works(node);
  });

  test("a Redis that is silent for long is left, and so is a connection that only hears", async () => {
    const redis = later(await startRedis());
    const node = link(redis.url);
    let gaps = 0;
    node.bus.onGap(() => gaps++);
    await node.bus.subscribe("a", () => undefined).inForce;
    process.kill(redis.pid, "SIGSTOP");
    await expect(set(node)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(node.calls.isStuck).toBe(true);
    await eventually("the silence is noticed", () => node.told.length > 1, 20_000);
    process.kill(redis.pid, "SIGCONT");
    await eventually("the gap is told", () => gaps > 0);
    await works(node);
    expect(await node.bus.publish("a", "message")).toBe(1);
  }, 60_000);

  test("whoever may not ask what a server is learns of the cluster from its answers", async () => {
    const cluster = later(await startRedisCluster());
    for (const { direct } of cluster.members) {
      await direct.call("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-info");
    }
    const node = link(cluster.members[0]!.url.replace("//", "//app:secret@"));
    await eventually("all keys can be written", async () => {
      const written = await Promise.allSettled(
        ["a", "b", "c", "d"].map((key) => node.calls.script(write, [key], ["x"])),
      );
      return written.every(({ status }) => status === "fulfilled");
    });
    expect(node.told.at(-1)).toBe("up: redis cluster");
  }, 60_000);

  test("without the right to sharded channels plain ones do, of which nobody knows who heard them", async () => {
    const cluster = later(await startRedisCluster());
    for (const { direct } of cluster.members) {
      await direct.call("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-spublish", "-ssubscribe");
    }
    const [node, other] = [0, 1].map((at) => link(cluster.members[at]!.url.replace("//", "//app:secret@")));
    const heard: string[] = [];
    await node!.bus.subscribe("a", (message) => void heard.push(message)).inForce;
    await other!.link.tried;
    for (const message of ["1", "2", "3"]) expect(await other!.bus.publish("a", message)).toBeNull();
    await eventually("they are heard", () => heard.length === 3);
    expect(heard).toEqual(["1", "2", "3"]);
  }, 60_000);

  test("a subscription that Redis refuses is told, and is there when it is allowed", async () => {
    const redis = later(await startRedis());
    const admin = new Redis(redis.url);
    leftovers.push(() => admin.disconnect());
    await admin.call("ACL", "SETUSER", "app", "on", ">secret", "~*", "resetchannels", "+@all");
    const node = link(redis.url.replace("//", "//app:secret@"));
    const subscription = node.bus.subscribe("a", () => undefined);
    await eventually("it is refused", () => node.told.some((one) => one.includes("NOPERM")));
    await expect(node.bus.publish("a", "message")).rejects.toBeInstanceOf(StoreUnavailable);
    await admin.call("ACL", "SETUSER", "app", "&rendezvous:*");
    await subscription.inForce;
    expect(await node.bus.publish("a", "message")).toBe(1);
  });

  test("several servers that are no cluster are refused: each would have a half of everything", async () => {
    const [one, two] = [later(await startRedis()), later(await startRedis())];
    const node = link(`${one.url},${two.url}`);
    await node.link.tried;
    expect(node.told).toEqual(["lost: REDIS_URL names several servers, but they are no cluster"]);
    await expect(set(node)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  test("a wrong password is no endless silence, and is not repeated in what is told", async () => {
    const redis = later(await startRedis());
    const admin = new Redis(redis.url);
    leftovers.push(() => admin.disconnect());
    await admin.config("SET", "requirepass", "right");
    const node = link(redis.url.replace("//", "//:wr0ng@"));
    await node.link.tried;
    expect(node.told.join()).toContain("WRONGPASS");
    expect(node.told.join()).not.toContain("wr0ng");
  });
});
