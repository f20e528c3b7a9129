import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Redis } from "ioredis";
import { arenaClient } from "../support/arena-client.ts";
import { connectChat } from "../support/chat-client.ts";
import { rendezvous } from "../support/cli.ts";
import { openSession } from "../support/coordinator.ts";
import { member } from "../support/devices-client.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { publisher } from "../support/match-stream.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { device, signUp } from "./devices-client.ts";

const document = readFileSync(resolve(import.meta.dir, "../../docs/retention.md"), "utf8");

/** What docs/retention.md says of keys in Redis: their names, and whether they end by themselves. */
const rules = [...document.matchAll(/^\| (`[^|]+`) \| [^|]+ \| (by themselves|swept)[^|]*\|$/gm)].flatMap(
  ([, names, how]) =>
    [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => ({
      name: name!,
      endsByItself: how === "by themselves",
      pattern: new RegExp(`^${name!.split("…").map(RegExp.escape).join(".*")}$`, "s"),
    })),
);

describe("keys in Redis, with all faces at work", () => {
  let redis: RunningRedis;
  let postgres: RunningPostgres;
  let server: RunningServer;
  let store: Redis;
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    const settings = { REDIS_URL: redis.url, DATABASE_URL: postgres.url, RATE_LIMIT_LOOPBACK: "on" };
    server = await startServer({ ...settings, RATE_LIMIT_PER_MINUTE: "10000" });
    store = new Redis(redis.url);
  }, 60_000);
  afterAll(async () => {
    store.disconnect();
    await server.stop();
    await Promise.all([redis.stop(), postgres.stop()]);
  }, 30_000);

  test("each is one that docs/retention.md names, and ends by itself unless a sweep is named", async () => {
    for (const hostId of ["h1", "h2"])
      await post(`${server.url}/api/host/heartbeat`, { hostId, roomId: `room-${hostId}` });
    expect((await post(`${server.url}/api/match/find`, {})).status).toBe(200);
    const peer = await openRoomPeer(server.wsUrl, "room");
    const session = await openSession(server.url);
    const offer = { session_id: session.id, peer_id: "p", sdp: "v=0" };
    expect((await post(`${server.url}/api/signaling/offer`, offer)).status).toBeLessThan(300);
    const listening = new WebSocket(`${server.wsUrl}/api/signaling/ws?peer_id=q&session_id=${session.id}`);
    await new Promise((opened) => (listening.onopen = opened));
    const phone = await device(server, await signUp(server), "phone");
    const arena = arenaClient(() => server.url);
    const { id } = await arena.match();
    await publisher(() => server, id).start();
    const watching = new WebSocket(`${server.wsUrl}/ws/match/${id}`);
    await new Promise((opened) => (watching.onopen = opened));
    const chats = await Promise.all([0, 1, 2].map(() => connectChat(server.url)));
    for (const [at, chat] of chats.entries()) {
      chat.send("join", { name: "X", age: 25, gender: at === 0 ? "female" : "male" });
    }

    const wanted = ["host:", "socket:", "rendezvous:{host-pool}:lease", "rendezvous:{tickets:", "rendezvous:{nodes}"];
    wanted.push(
      "rendezvous:{presence:",
      "rendezvous:home:",
      "rendezvous:{mail:",
      "rendezvous:{stream:",
      "rendezvous:rate:",
    );
    wanted.push("rendezvous:wire");
    const missing = async (): Promise<readonly string[]> => {
      const keys = await store.keys("*");
      return wanted.filter((prefix) => !keys.some((key) => key.startsWith(prefix)));
    };
    await eventually("every kind is there", async () => (await missing()).length === 0, 5_000).catch(() => undefined);
    expect(await missing()).toEqual([]);
    const found = await Promise.all((await store.keys("*")).map(async (key) => ({ key, ttl: await store.pttl(key) })));
    const wrong = found.flatMap(({ key, ttl }) => {
      const named = rules.filter(({ pattern }) => pattern.test(key));
      if (named.length === 0) return [`${key} is not in the document`];
      return ttl === -1 && named.every(({ endsByItself }) => endsByItself) ? [`${key} does not end by itself`] : [];
    });
    expect(wrong).toEqual([]);

    for (const chat of chats) chat.close();
    for (const socket of [listening, watching, phone.socket]) socket.close();
    peer.leave();
  }, 30_000);
});

describe("forget", () => {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-forget-"));
  const kept = { DATA_DIR: folder };
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(kept);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const forget = async (...who: readonly string[]) => {
    const { code, stdout, stderr } = await rendezvous(["forget", ...who, "--json"], kept);
    return code === 0 ? JSON.parse(stdout) : { code, stderr };
  };

  test("removes an account beside the running server, with its tokens and contacts", async () => {
    const [me, friend] = [await member(() => server.url), await member(() => server.url)];
    await me.post("/contacts", { email: friend.email, action: "request" });
    await friend.post("/contacts", { email: me.email, action: "accept" });
    expect(await forget("--email", me.email.toUpperCase())).toEqual({ ok: true, gone: 3, left: 0 });
    expect((await me.get("/contacts")).status).toBe(401);
    expect(await friend.contacts()).toEqual({});
    expect(await forget("--email", me.email)).toEqual({ ok: true, gone: 0, left: 0 });
  });

  test("removes a player's hosts and ends their sessions", async () => {
    const session = await openSession(server.url);
    const { body } = await call("GET", `${server.url}/api/hosts/${session.hostId}`);
    expect(await forget("--player-id", body.player_id)).toEqual({ ok: true, gone: 1, left: 0 });
    expect((await call("GET", `${server.url}/api/hosts/${session.hostId}`)).status).toBe(404);
    expect((await call("GET", `${server.url}/api/sessions/${session.id}`)).body.status).toBe("ENDED");
  });

  test("takes a player of the arena out of matches that are over, and says which are not", async () => {
    const arena = arenaClient(() => server.url);
    const match = await arena.match();
    expect(await forget("--wallet", match.p1.address)).toEqual({ ok: true, gone: 0, left: 1 });
    await arena.end(match);
    expect(await forget("--wallet", match.p1.address)).toEqual({ ok: true, gone: 1, left: 0 });
    const { body } = await arena.get(`/matches/${match.id}`);
    expect(JSON.stringify(body)).not.toContain(match.p1.address);
    expect(JSON.stringify(body)).not.toContain(match.p1.code);
    expect(JSON.stringify(body)).toContain(match.p2.code);
  });

  test("is a call of operators, too, which closes the sockets of who is forgotten", async () => {
    const me = await signUp(server);
    const phone = await device(server, me, "phone");
    const closed = new Promise((over) => phone.socket.addEventListener("close", over));
    expect(await post(`${server.url}/admin/forget`, { email: me.email })).toMatchObject({
      status: 200,
      body: { gone: 2, left: 0 },
    });
    await closed;
    for (const body of [{}, { email: me.email, wallet: "0xa" }, { wallet: " " }, { email: "nobody" }]) {
      expect((await post(`${server.url}/admin/forget`, body)).status).toBe(400);
    }
    const foreign = { origin: "https://elsewhere.example" };
    expect((await post(`${server.url}/admin/forget`, { email: me.email }, foreign)).status).toBe(403);
  });

  test("asks for one name", async () => {
    for (const who of [
      [],
      ["--wallet", "a", "--email", "a@b.c"],
      ["--player-id", "a", "--player-id", "b"],
      ["--wallet", " "],
    ]) {
      expect((await forget(...who)).code).toBe(2);
    }
  });
});
