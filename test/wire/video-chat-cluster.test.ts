import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { connectChat, type ChatClient, type ChatOptions } from "../support/chat-client.ts";
import { eventually } from "../support/eventually.ts";
import { startRedisCluster } from "../support/redis-cluster.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const john = { name: "John", age: 25, gender: "male" };
const jane = { name: "Jane", age: 24, gender: "female" };
const websocket: ChatOptions = { transports: ["websocket"] };
const polling: ChatOptions = { transports: ["polling"] };

/** How long starting the stores and nodes, and a death and what follows from it, may take, in ms. */
const PATIENT_MS = 60_000;

const startNode = (redisUrl: string, more: Record<string, string> = {}) =>
  startServer({ FACES: "video-chat", REDIS_URL: redisUrl, ...more });

const get = async (server: RunningServer, path: string) => (await fetch(server.url + path)).json();

let clients: ChatClient[] = [];
const open = async (server: RunningServer, options: ChatOptions = websocket): Promise<ChatClient> => {
  const client = await connectChat(server.url, options);
  clients.push(client);
  return client;
};
const closeAll = (): void => {
  for (const client of clients) client.close();
  clients = [];
};

/** Two on two nodes that have just been matched; the second, who came later, is the initiator. */
const couple = async (his: RunningServer, hers: RunningServer, options?: ChatOptions) => {
  const him = await open(his, options);
  const her = await open(hers, options);
  him.send("join", john);
  await him.next("waiting");
  her.send("join", jane);
  expect(await him.next("matched")).toEqual({ partner: { name: "Jane", age: 24 }, initiator: false });
  expect(await her.next("matched")).toEqual({ partner: { name: "John", age: 25 }, initiator: true });
  return [him, her] as const;
};

for (const [store, startStore] of [
  ["one Redis", startRedis],
  ["a Redis Cluster", startRedisCluster],
] as const) {
  describe(`video-chat on three nodes and ${store}`, () => {
    let redis: Awaited<ReturnType<typeof startStore>>;
    let nodes: [RunningServer, RunningServer, RunningServer];

    beforeAll(async () => {
      redis = await startStore();
      nodes = await Promise.all([startNode(redis.url), startNode(redis.url), startNode(redis.url)]);
    }, PATIENT_MS);

    afterEach(async () => {
      closeAll();
      await eventually("everybody has left", async () => {
        const { totalUsers, activeMatches, queues } = await get(nodes[0], "/api/stats");
        return totalUsers + activeMatches + queues.male + queues.female === 0;
      });
    });

    afterAll(async () => {
      expect(await Promise.all(nodes.map((node) => node.stop()))).toEqual([0, 0, 0]);
      for (const node of nodes) expect(node.output()).not.toContain('"level":"error"');
      await redis.stop();
    }, PATIENT_MS);

    for (const [transport, options] of Object.entries({ polling, websocket })) {
      test(`two on different nodes talk as on one, by ${transport}`, async () => {
        const [him, her] = await couple(nodes[0], nodes[1], options);
        const offer = { type: "offer", sdp: "v=0\r\n\u00e9\ud83d\ude00", extra: [1, { a: null }] };
        her.send("offer", { offer });
        expect(await him.next("offer")).toEqual({ offer, from: her.id });
        him.send("answer", { answer: { type: "answer", sdp: "v=0\n" } });
        expect(await her.next("answer")).toEqual({ answer: { type: "answer", sdp: "v=0\n" }, from: him.id });
        for (const candidate of [{ candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 }, null]) {
          her.send("ice-candidate", { candidate });
          expect(await him.next("ice-candidate")).toEqual({ candidate, from: her.id });
        }
        him.send("chat-message", "hello");
        const { timestamp, ...chat } = await her.next("chat-message");
        expect(chat).toEqual({ message: "hello", from: "John" });
        expect(Math.abs(timestamp - Date.now())).toBeLessThan(60_000);
        her.send("offer", { offer: Buffer.from([0, 255]) });
        expect(Buffer.from((await him.next("offer")).offer)).toEqual(Buffer.from([0, 255]));
        await him.nothingElse();
        await her.nothingElse();
      });
    }

    test("1,000 messages both ways arrive once and in order", async () => {
      const [him, her] = await couple(nodes[0], nodes[1]);
      for (let at = 0; at < 1_000; at++) {
        him.send("ice-candidate", { candidate: at });
        her.send("ice-candidate", { candidate: `her ${at}` });
      }
      for (let at = 0; at < 1_000; at++) {
        expect((await her.next("ice-candidate")).candidate).toBe(at);
        expect((await him.next("ice-candidate")).candidate).toBe(`her ${at}`);
      }
    }, 20_000);

    test("stop: the partner on another node hears it and is queued again a second later", async () => {
      const [him, her] = await couple(nodes[0], nodes[1]);
      her.send("chat-message", "bye");
      her.send("stop");
      her.send("chat-message", "to nobody");
      expect(await her.next("waiting")).toEqual({ queuePosition: 1 });
      expect((await him.next("chat-message")).message).toBe("bye");
      await him.next("partner-disconnected");
      expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
      const third = await open(nodes[2]);
      third.send("join", { ...jane, name: "Joan" });
      expect((await him.next("matched")).partner.name).toBe("Joan");
    });

    test("a disconnect does the same for the partner", async () => {
      const [him, her] = await couple(nodes[0], nodes[1]);
      her.close();
      await him.next("partner-disconnected");
      expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
    });

    test("figures are of all nodes", async () => {
      await couple(nodes[0], nodes[1]);
      const third = await open(nodes[2]);
      third.send("join", john);
      await third.next("waiting");
      for (const node of nodes) {
        expect(await get(node, "/api/stats")).toEqual({
          totalUsers: 3,
          activeMatches: 1,
          queues: { male: 1, female: 0 },
        });
        expect(await get(node, "/health")).toMatchObject({ activeUsers: 3, activeMatches: 1, maleQueue: 1 });
      }
    });

    test("101 that join at once on three nodes are 50 couples, each with one initiator, and hear only each other", async () => {
      const all = await Promise.all(Array.from({ length: 101 }, (_, at) => open(nodes[at % 3]!)));
      for (const [at, one] of all.entries()) {
        one.send("join", { name: `u${at}`, age: 20, gender: at % 2 === 0 ? "male" : "female" });
      }
      const meets = async (one: ChatClient, at: number) => ({ one, at, ...(await one.until("matched")) });
      const everyoneMet = Promise.withResolvers<void>();
      const met: { one: ChatClient; at: number; partner: { name: string }; initiator: boolean }[] = [];
      for (const [at, one] of all.entries())
        meets(one, at).then(
          (found) => {
            met.push(found);
            if (met.length === 100) everyoneMet.resolve();
          },
          () => undefined,
        );
      await everyoneMet.promise;
      const byName = new Map(met.map((one) => [`u${one.at}`, one]));
      for (const { at, partner, initiator } of met) {
        const other = byName.get(partner.name)!;
        expect(other.partner.name).toBe(`u${at}`);
        expect(other.initiator).toBe(!initiator);
        expect((other.at + at) % 2).toBe(1);
      }
      for (const { one, at } of met) one.send("chat-message", `from u${at}`);
      await Promise.all(
        met.map(async ({ one, partner }) => {
          expect(await one.next("chat-message")).toMatchObject({
            message: `from ${partner.name}`,
            from: partner.name,
          });
          await one.nothingElse();
        }),
      );
      expect(await get(nodes[0], "/api/stats")).toMatchObject({ totalUsers: 101, activeMatches: 50 });
    }, 30_000);
  });
}

describe("video-chat when something breaks", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let nodes: RunningServer[] = [];

  const start = async (count: number): Promise<RunningServer[]> => {
    redis = await startRedis();
    nodes = await Promise.all(Array.from({ length: count }, () => startNode(redis.url)));
    return nodes;
  };

  afterEach(async () => {
    closeAll();
    await Promise.all(nodes.map((node) => node.stop("SIGKILL")));
    nodes = [];
    await redis.stop();
  });

  test(
    "kill -9 of a node: partners hear it within ten seconds and are queued again, and none of its tickets is left",
    async () => {
      const [first, second, third] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
      const [him] = await couple(first, second);
      const [other] = await couple(third, second);
      const lonely = await open(second);
      lonely.send("join", { ...jane, name: "Joan" });
      await lonely.next("waiting");
      const began = performance.now();
      await second.stop("SIGKILL");
      await Promise.all([him.next("partner-disconnected"), other.next("partner-disconnected")]);
      const seconds = (performance.now() - began) / 1_000;
      expect(seconds).toBeLessThan(10);
      console.log(`partners of a killed node heard of it after ${seconds.toFixed(1)} s`);
      await Promise.all([him.next("waiting"), other.next("waiting")]);
      await eventually("the dead node's ticket is gone", async () => {
        const { queues } = await get(first, "/api/stats");
        return queues.male === 2 && queues.female === 0;
      });
      const jill = await open(third);
      jill.send("join", { ...jane, name: "Jill" });
      await jill.next("matched");
      const heard = await Promise.race([him.until("matched"), other.until("matched")]);
      expect(heard.partner.name).toBe("Jill");
    },
    PATIENT_MS,
  );

  test(
    "a node going down takes its tickets along, and partners elsewhere hear it at once",
    async () => {
      const [first, second] = (await start(2)) as [RunningServer, RunningServer];
      const [him] = await couple(first, second);
      const lonely = await open(second);
      lonely.send("join", john);
      await lonely.next("waiting");
      const began = performance.now();
      const stopped = second.stop();
      await him.next("partner-disconnected");
      expect(performance.now() - began).toBeLessThan(2_000);
      expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
      expect(await stopped).toBe(0);
      expect(await get(first, "/api/stats")).toEqual({
        totalUsers: 1,
        activeMatches: 0,
        queues: { male: 1, female: 0 },
      });
    },
    PATIENT_MS,
  );

  test(
    "a message to a node that was killed: the match ends within ten seconds",
    async () => {
      const [first, second] = (await start(2)) as [RunningServer, RunningServer];
      const [him] = await couple(first, second);
      await second.stop("SIGKILL");
      const began = performance.now();
      him.send("chat-message", "hello?");
      await him.next("partner-disconnected");
      expect(performance.now() - began).toBeLessThan(10_500);
      expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
    },
    PATIENT_MS,
  );

  test(
    "a node that is paused: what it held goes on elsewhere, and when it wakes its users are queued again",
    async () => {
      const [first, second] = (await start(2)) as [RunningServer, RunningServer];
      const [him, her] = await couple(first, second);
      const lonely = await open(second);
      lonely.send("join", john);
      await lonely.next("waiting");
      process.kill(second.pid, "SIGSTOP");
      await him.until("partner-disconnected");
      await him.next("waiting");
      process.kill(second.pid, "SIGCONT");
      await her.next("partner-disconnected");
      await eventually("all three stand in line or are matched", async () => {
        const { totalUsers, activeMatches, queues } = await get(first, "/api/stats");
        return totalUsers === 3 && 2 * activeMatches + queues.male + queues.female === 3;
      });
    },
    PATIENT_MS,
  );

  test(
    "Redis stopped: couples of one node talk on, others hear why not; started again, empty: all are queued again",
    async () => {
      const [first, second] = (await start(2)) as [RunningServer, RunningServer];
      const [him, her] = await couple(first, second);
      const [jack, jill] = await couple(first, first);
      const { port } = redis;
      await redis.stop();
      jack.send("chat-message", "still here?");
      expect((await jill.next("chat-message")).message).toBe("still here?");
      him.send("chat-message", "and you?");
      expect((await him.next("error")).message).toContain("not reachable");
      const late = await open(second);
      late.send("join", john);
      expect((await late.next("error")).message).toContain("not reachable");
      expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
      expect((await fetch(`${first.url}/health`)).status).toBe(200);

      redis = await startRedis(port);
      await Promise.all([him, her, jack, jill].map((one) => one.until("partner-disconnected")));
      // Each couple avoids each other, so that each of them meets one of the other couple.
      expect((await him.until("matched")).partner.name).toBe("Jane");
      await Promise.all([her, jack, jill].map((one) => one.until("matched")));
      late.send("join", john);
      await late.next("waiting");
      expect(await get(first, "/api/stats")).toEqual({
        totalUsers: 5,
        activeMatches: 2,
        queues: { male: 1, female: 0 },
      });
    },
    PATIENT_MS,
  );
});
