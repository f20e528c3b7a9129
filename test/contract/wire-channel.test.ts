import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Cluster, Redis } from "ioredis";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { eventually } from "../support/eventually.ts";
import { forEachRedis, type TestedRedis } from "../support/redis-adapters.ts";
import { linkNode, type LinkedNode } from "../support/redis-link.ts";

forEachRedis((adapter, _, redis) => {
  describe(`wire channel on ${adapter}`, () => {
    let nodes: LinkedNode[];
    let others: Redis[] = [];
    let names = 0;
    const name = (): string => `socket:messages[${names++}]*`;

    beforeAll(async () => {
      nodes = [linkNode(redis().url), linkNode(redis().url)];
      await Promise.all(nodes.map(({ link }) => link.tried));
    });
    afterAll(() => nodes.forEach((node) => node.close()));
    afterEach(() => {
      for (const other of others) other.disconnect();
      others = [];
    });

    /** A program of another make, on one of the servers. */
    const program = (at: number): Redis => {
      const urls = redis().url.split(",");
      const other = new Redis(urls[at % urls.length]!);
      others.push(other);
      return other;
    };
    const listen = async (node: LinkedNode, channel: string): Promise<string[]> => {
      const heard: string[] = [];
      await node.wireChannel.subscribe(channel, (message) => void heard.push(message)).inForce;
      return heard;
    };

    test("our nodes and programs of another make hear each other, wherever they are connected", async () => {
      const channel = name();
      const ours = await Promise.all(nodes.map((node) => listen(node, channel)));
      const theirs: string[] = [];
      for (let at = 0; at < 3; at++) {
        const other = program(at);
        other.on("message", (_, message: string) => void theirs.push(message));
        await other.subscribe(channel);
      }
      await nodes[0]!.wireChannel.publish(channel, "from us");
      await eventually("three heard it", () => theirs.length === 3);
      expect(await eventually("both heard it", () => ours.every((heard) => heard.length === 1))).toBe(true);
      await program(1).publish(channel, "from them");
      await eventually("both heard it", () => ours.every((heard) => heard.length === 2));
      expect(ours).toEqual([
        ["from us", "from them"],
        ["from us", "from them"],
      ]);
    });

    test("only subscribers of another make are counted, on whichever server they are", async () => {
      const channel = name();
      const { wireChannel } = nodes[0]!;
      for (const node of nodes) await listen(node, channel);
      expect(await wireChannel.foreignSubscribers(channel)).toBe(0);
      for (let at = 0; at < 3; at++) {
        await program(at).subscribe(channel);
        expect(await wireChannel.foreignSubscribers(channel)).toBe(at + 1);
      }
      others[0]!.disconnect();
      await eventually("one has gone", async () => (await wireChannel.foreignSubscribers(channel)) === 2);
    });

    test("a channel of nearly the same name is another one", async () => {
      const channel = name();
      const heard = await listen(nodes[0]!, channel);
      const other = program(0);
      for (const near of [`${channel}x`, channel.replace("*", "yy"), channel.replace("socket", "pocket")]) {
        await other.publish(near, "near");
      }
      await other.publish(channel, "exact");
      await eventually("something is heard", () => heard.length > 0);
      expect(heard).toEqual(["exact"]);
    });

    test("what one node publishes is heard in that order", async () => {
      const channel = name();
      const heard = await listen(nodes[1]!, channel);
      const sent = Array.from({ length: 1_000 }, (_, n) => `${n}`);
      await Promise.all(sent.map((message) => nodes[0]!.wireChannel.publish(channel, message)));
      await eventually("all are heard", () => heard.length === sent.length);
      expect(heard).toEqual(sent);
    });

    test("a lost connection is told as a gap, after which it is heard again", async () => {
      const channel = name();
      const heard = await listen(nodes[0]!, channel);
      let gaps = 0;
      const end = nodes[0]!.bus.onGap(() => gaps++);
      await cutHearers(redis());
      await eventually("the gap is told", () => gaps > 0);
      end();
      // Each server of a cluster has a connection of its own, and the first gap may be another's.
      await eventually("it is heard", async () => {
        await program(0).publish(channel, "a");
        return heard.length > 0;
      });
    });

    test("without a Redis it rejects at once", async () => {
      const nobody = linkNode("redis://127.0.0.1:1");
      await nobody.link.tried;
      const began = performance.now();
      await expect(nobody.wireChannel.publish("a", "b")).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(nobody.wireChannel.foreignSubscribers("a")).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(nobody.bus.publish("a", "b")).rejects.toBeInstanceOf(StoreUnavailable);
      expect(performance.now() - began).toBeLessThan(500);
      nobody.close();
    });
  });
});

async function cutHearers({ connection }: TestedRedis): Promise<void> {
  const servers = connection instanceof Cluster ? connection.nodes("master") : [connection];
  for (const server of servers) await server.call("CLIENT", "KILL", "TYPE", "pubsub");
}
