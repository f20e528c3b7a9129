import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { hostPoolSuite } from "./host-pool-suite.ts";

/** A face that keeps records would want a PostgreSQL beside the Redis. */
const SERVED = { FACES: "host-pool,rooms,video-chat" };

let suiteRedis: RunningRedis | undefined;
hostPoolSuite("Redis", async () => {
  suiteRedis = await startRedis();
  return { ...SERVED, REDIS_URL: suiteRedis.url };
});
afterAll(() => suiteRedis?.stop());

describe("host pool on Redis, as programs of another make see it", () => {
  let redis: RunningRedis;
  let client: Redis;
  let servers: RunningServer[];

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    servers = await Promise.all(Array.from({ length: 3 }, () => startServer({ ...SERVED, REDIS_URL: redis.url })));
  });
  afterAll(async () => {
    client.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  });

  const beat = (body: unknown, server = servers[0]!) => post(`${server.url}/api/host/heartbeat`, body);
  const find = (region: string, server = servers[1]!) => post(`${server.url}/api/match/find`, { region });
  const wire = async (hostId: string) => JSON.parse((await client.get(`host:${hostId}`)) ?? "null");

  test("a heartbeat writes the documented key, its exact JSON and a TTL of 30 s", async () => {
    const before = Date.now();
    await beat({ hostId: "h1", roomId: "r1", region: "us-east-1" });
    const shown = await wire("h1");
    expect(Object.keys(shown)).toEqual([
      "hostId",
      "roomId",
      "status",
      "region",
      "lastHeartbeat",
      "publicIp",
      "gameInfo",
    ]);
    expect(shown).toMatchObject({
      hostId: "h1",
      roomId: "r1",
      status: "idle",
      region: "us-east-1",
      publicIp: "127.0.0.1",
      gameInfo: { name: "Desktop Session", specs: "Generic Host" },
    });
    expect(shown.lastHeartbeat).toBeGreaterThanOrEqual(before);
    expect(shown.lastHeartbeat).toBeLessThanOrEqual(Date.now());
    const ttl = await client.pttl("host:h1");
    expect(ttl).toBeGreaterThan(29_000);
    expect(ttl).toBeLessThanOrEqual(30_000);
  });

  test("what the host says of itself is shown as it said it", async () => {
    await beat({
      hostId: "h2",
      roomId: "r2",
      region: "x",
      publicIp: "9.9.9.9",
      gameInfo: { name: "N", nested: { a: [1] } },
    });
    expect(await wire("h2")).toMatchObject({ publicIp: "9.9.9.9", gameInfo: { name: "N", nested: { a: [1] } } });
  });

  test("what it leaves empty is as if it were left out", async () => {
    await beat({ hostId: "empty", roomId: "empty", region: "", publicIp: "" });
    expect(await wire("empty")).toMatchObject({ region: "local", publicIp: "127.0.0.1" });
  });

  test("the key follows the host through find, status and leaving, and keeps its time to live", async () => {
    await beat({ hostId: "h3", roomId: "r3", region: "follow" });
    await client.pexpire("host:h3", 25_000);
    expect((await find("follow")).status).toBe(200);
    expect((await wire("h3")).status).toBe("allocated");
    await post(`${servers[2]!.url}/api/host/status`, { hostId: "h3", status: "busy" });
    expect((await wire("h3")).status).toBe("busy");
    await post(`${servers[0]!.url}/api/host/status`, { hostId: "h3", status: "idle" });
    expect((await wire("h3")).status).toBe("idle");
    expect(await client.pttl("host:h3")).toBeLessThanOrEqual(25_000);
    await call("DELETE", `${servers[1]!.url}/api/host/h3`);
    expect(await client.exists("host:h3")).toBe(0);
  });

  const foreign = (hostId: string, region: string, more: object = {}) =>
    JSON.stringify({
      hostId,
      roomId: `room-of-${hostId}`,
      status: "idle",
      region,
      lastHeartbeat: Date.now(),
      publicIp: "1.2.3.4",
      gameInfo: { name: "Desktop Session", specs: "Generic Host" },
      ...more,
    });

  test("a host that another program wrote joins the pool, and is given away once", async () => {
    await client.set("host:alien", foreign("alien", "mars"), "EX", 30);
    const found = await eventually("the foreign host is found", async () => {
      const answer = await find("mars");
      return answer.status === 200 && answer;
    });
    expect(found.body.roomId).toBe("room-of-alien");
    expect((await wire("alien")).status).toBe("allocated");
    // The other program knows nothing of the allocation and goes on saying idle.
    await client.set("host:alien", foreign("alien", "mars"), "EX", 30);
    await client.set("host:marker", foreign("marker", "venus"), "EX", 30);
    await eventually("a later scan has passed", async () => (await find("venus")).status === 200);
    expect((await find("mars")).status).toBe(404);
  });

  test("a claim reads the key again: a host gone, busy or moved there is not given away as it was", async () => {
    await beat({ hostId: "gone", roomId: "r", region: "again" });
    await client.del("host:gone");
    await beat({ hostId: "taken", roomId: "r", region: "again" });
    await client.set("host:taken", foreign("taken", "again", { status: "busy" }), "KEEPTTL");
    expect((await find("again")).status).toBe(404);
    await beat({ hostId: "moved", roomId: "old", region: "again" });
    await client.set("host:moved", foreign("moved", "again", { roomId: "new" }), "KEEPTTL");
    expect((await find("again")).body.roomId).toBe("new");
  });

  test("rubbish under a host key harms nobody", async () => {
    await client.set("host:rubbish", "{", "EX", 30);
    await client.set("host:number", "7", "EX", 30);
    await client.lpush("host:list", "x");
    await client.set("host:shape", JSON.stringify({ roomId: 7, status: "idle" }), "EX", 30);
    await client.set("host:after", foreign("after", "rubbish"), "EX", 30);
    await eventually("the scan goes on behind the rubbish", async () => (await find("rubbish")).status === 200);
  });

  test("1,000 finds over three servers and 100 hosts give 100 different hosts and 900 404s", async () => {
    const everywhere = (n: number) => servers[n % 3]!;
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        beat({ hostId: `c${n}`, roomId: `room-c${n}`, region: "race" }, everywhere(n)),
      ),
    );
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => find("race", everywhere(n))));
    const rooms = answers.filter(({ status }) => status === 200).map(({ body }) => body.roomId as string);
    expect(rooms.length).toBe(100);
    expect(new Set(rooms).size).toBe(100);
    expect(answers.filter(({ status }) => status === 404).length).toBe(900);
  });

  test("a beat through another node never hides a host from a find, nor shows it as it no longer is", async () => {
    for (let round = 0; round < 60; round++) {
      const host = { hostId: `cross-${round}`, roomId: `room-${round}`, region: `cross-${round}` };
      await beat(host);
      const beats = Array.from({ length: 4 }, (_, n) => beat(host, servers[n % 3]));
      const [found] = await Promise.all([find(host.region, servers[round % 3]), ...beats]);
      expect(found.status).toBe(200);
      expect((await wire(host.hostId)).status).toBe("allocated");
    }
  });

  test("leaving against a beat, and busy against a beat, end the same way in the key and in the pool", async () => {
    for (let round = 0; round < 60; round++) {
      const host = { hostId: `both-${round}`, roomId: `room-${round}`, region: `both-${round}` };
      await beat(host);
      await Promise.all([
        beat(host, servers[0]),
        round % 2 === 0
          ? call("DELETE", `${servers[1]!.url}/api/host/${host.hostId}`)
          : post(`${servers[1]!.url}/api/host/status`, { hostId: host.hostId, status: "busy" }),
      ]);
      const shown = await wire(host.hostId);
      const found = await find(host.region);
      expect(found.status).toBe(shown?.status === "idle" ? 200 : 404);
    }
  });

  test("a session outlives the node it was signaled through only for a while", async () => {
    const host = { hostId: "widowed", roomId: "widowed", region: "widowed" };
    const node = await startServer({ REDIS_URL: redis.url, ...SERVED });
    await beat(host, node);
    await openRoomPeer(node.wsUrl, host.roomId);
    await openRoomPeer(node.wsUrl, host.roomId);
    await eventually("the session makes the host busy", async () => (await wire("widowed")).status === "busy");
    await node.stop("SIGKILL");
    expect((await find("widowed")).status).toBe(404);
    await eventually(
      "the host is found again",
      async () => {
        await beat({ ...host, status: "idle" });
        return (await find("widowed")).status === 200;
      },
      25_000,
    );
  }, 40_000);

  test("a host that registers while a session goes on in its room is found by nobody, whichever node runs the room", async () => {
    for (const [at, home] of [0, 1, 2].flatMap((home) => [home, home + 1].map((at) => [at % 3, home] as const))) {
      const name = `session-${at}-${home}`;
      const peers = [await openRoomPeer(servers[home]!.wsUrl, name), await openRoomPeer(servers[home]!.wsUrl, name)];
      let isRegistered = false;
      const got: number[] = [];
      const looking = Array.from({ length: 4 }, async () => {
        do got.push((await find(name)).status);
        while (!isRegistered);
        got.push((await find(name)).status);
      });
      await beat({ hostId: name, roomId: name, region: name, status: "idle" }, servers[at]);
      isRegistered = true;
      await Promise.all(looking);
      expect(new Set(got)).toEqual(new Set([404]));
      expect((await wire(name)).status).toBe("busy");
      for (const peer of peers) peer.leave();
    }
  });

  test("a Redis that hangs gets no host lost: whoever was told 503 holds none when it wakes up", async () => {
    const own = await startRedis();
    const server = await startServer({ REDIS_URL: own.url, ...SERVED, LOG_LEVEL: "silent" });
    try {
      for (let n = 0; n < 20; n++) await beat({ hostId: `z${n}`, roomId: `z${n}`, region: "z" }, server);
      process.kill(own.pid, "SIGSTOP");
      const answers = await Promise.all(Array.from({ length: 20 }, () => find("z", server)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(503));
      expect((await call("GET", `${server.url}/readyz`)).body).toMatchObject({ status: "degraded" });
      process.kill(own.pid, "SIGCONT");
      await eventually(
        "it is well again",
        async () => (await call("GET", `${server.url}/readyz`)).body.status === "ready",
      );
      const found = new Set<string>();
      await eventually("all twenty are found", async () => {
        const answer = await find("z", server);
        if (answer.status === 200) found.add(answer.body.roomId);
        return found.size === 20;
      });
    } finally {
      process.kill(own.pid, "SIGCONT");
      await server.stop();
      await own.stop();
    }
  });

  test("a find that fails after its claim holds no host, and is not counted", async () => {
    await beat({ hostId: "torn", roomId: "torn", region: "torn" });
    const found = async (): Promise<string | undefined> =>
      /^rendezvous_finds_total\{outcome="found"\}.*$/m.exec(
        await (await fetch(`${servers[2]!.url}/metrics`)).text(),
      )?.[0];
    const before = await found();
    // What the pool remembers of the documented key cannot be read: so the claim cannot be confirmed.
    const companion = "rendezvous:wire:{host:torn}";
    await client.rename(companion, `${companion}:kept`);
    await client.set(companion, "no hash");
    expect((await find("torn", servers[2])).status).toBe(503);
    await client.rename(`${companion}:kept`, companion);
    expect(await found()).toBe(before);
    await eventually("it is found", async () => (await find("torn", servers[2])).status === 200);
    expect((await wire("torn")).status).toBe("allocated");
  });

  test("the key of a host whose client never came shows that it is free, without a beat", async () => {
    const server = await startServer({ ...SERVED, REDIS_URL: redis.url, ALLOCATION_SECONDS: "1" });
    try {
      await beat({ hostId: "unused", roomId: "unused", region: "unused" }, server);
      await beat({ hostId: "theirs", roomId: "theirs", region: "theirs" }, server);
      expect((await find("unused", server)).status).toBe(200);
      expect((await find("theirs", server)).status).toBe(200);
      expect((await wire("unused")).status).toBe("allocated");
      // What another program says of it since stands.
      await client.set("host:theirs", foreign("theirs", "theirs", { status: "busy" }), "KEEPTTL");
      await eventually("it is shown as idle", async () => (await wire("unused")).status === "idle");
      await eventually(
        "the other one is free",
        async () => (await client.hget("rendezvous:{host-pool}:lease:theirs", "s")) === "idle",
      );
      await client.set("host:after-theirs", foreign("after", "after-theirs"), "EX", 30);
      await eventually("it has been swept again", async () => (await find("after-theirs", server)).status === 200);
      expect((await wire("theirs")).status).toBe("busy");
    } finally {
      await server.stop();
    }
  });

  test("a found host that missed a beat stays allocated, through whichever node it comes back", async () => {
    const short = { ...SERVED, REDIS_URL: redis.url, HOST_LEASE_SECONDS: "1" };
    const [one, other] = await Promise.all([startServer(short), startServer(short)]);
    try {
      const host = { hostId: "late", roomId: "late", region: "late" };
      await beat(host, one);
      expect((await find("late", one)).status).toBe(200);
      await eventually("its lease is over", async () => (await client.exists("host:late")) === 0);
      await beat({ ...host, status: "idle" }, other);
      expect((await wire("late")).status).toBe("allocated");
      for (const server of [one, other]) expect((await find("late", server)).status).toBe(404);
      await post(`${one.url}/api/host/status`, { hostId: "late", status: "idle" });
      expect((await find("late", other)).status).toBe(200);
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });

  test("a pool that Redis has lost is whole again with the next beats, once what was found before has ended", async () => {
    const own = await startRedis();
    const server = await startServer({ REDIS_URL: own.url, ...SERVED, ALLOCATION_SECONDS: "1", LOG_LEVEL: "silent" });
    const admin = new Redis(own.url);
    try {
      for (let n = 0; n < 20; n++) await beat({ hostId: "lost", roomId: "lost", region: "lost" }, server);
      const ours = await admin.keys("rendezvous:{host-pool}*");
      expect(ours.length).toBeGreaterThan(3);
      await admin.del(...ours);
      await beat({ hostId: "lost", roomId: "lost", region: "lost" }, server);
      expect((await find("lost", server)).status).toBe(404);
      await eventually("it is found again", async () => (await find("lost", server)).status === 200);
      expect(JSON.parse((await admin.get("host:lost"))!).status).toBe("allocated");
    } finally {
      admin.disconnect();
      await server.stop();
      await own.stop();
    }
  });

  test("a foreign key without a time to live is found for a lease, and again when it is written anew", async () => {
    await client.set("host:timeless", foreign("timeless", "timeless"));
    await eventually("it is found", async () => (await find("timeless")).status === 200);
    await client.del("host:timeless");
  });

  test("with Redis away the answer is 503 at once, and all is well when it is back", async () => {
    const own = await startRedis();
    const server = await startServer({ ...SERVED, REDIS_URL: own.url, LOG_LEVEL: "silent" });
    try {
      expect((await beat({ hostId: "a", roomId: "r", region: "z" }, server)).status).toBe(200);
      await own.stop();
      await eventually("the server notices", async () => {
        const ready = await call("GET", `${server.url}/readyz`);
        return ready.status === 200 && ready.body.status === "degraded";
      });
      const began = performance.now();
      expect(await beat({ hostId: "a", roomId: "r", region: "z" }, server)).toMatchObject({
        status: 503,
        body: { success: false },
      });
      expect(await find("z", server)).toMatchObject({ status: 503, body: { found: false } });
      expect(performance.now() - began).toBeLessThan(2_500);
      expect((await call("GET", `${server.url}/livez`)).status).toBe(200);
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });
});
