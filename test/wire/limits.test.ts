import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { call, post, type Answer } from "../support/http.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** The coordinator is the face that limits its clients. However busy the machine is, nothing else refuses them here. */
const settings = { FACES: "coordinator", RATE_LIMIT_LOOPBACK: "on", MAX_DELAY_MS: "0" };

const hosts = (server: RunningServer, headers: Record<string, string> = {}, prefix = "/api") =>
  call("GET", `${server.url}${prefix}/hosts`, undefined, headers);

const statuses = (answers: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

/** A client of its own behind the proxy. */
let clients = 0;
const somebody = () => ({ "x-forwarded-for": `198.51.100.${++clients}` });

describe("a limited face", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ ...settings, TRUSTED_PROXIES: "127.0.0.1" });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test("answers a client a hundred times in a minute, however many come at once", async () => {
    const from = somebody();
    const answers = await Promise.all(Array.from({ length: 130 }, () => hosts(server, from)));
    expect(statuses(answers)).toEqual({ 200: 100, 429: 30 });
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body).toEqual({ detail: expect.any(String) });
    expect(Number(refused.headers.get("retry-after"))).toBeWithin(30, 61);
    expect(refused.headers.get("ratelimit")).toMatch(/^"default";r=0;t=(60|59|58)$/);
    expect(refused.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("says in every answer how many are left", async () => {
    const from = somebody();
    expect((await hosts(server, from)).headers.get("ratelimit")).toStartWith('"default";r=99;');
    expect((await hosts(server, from)).headers.get("ratelimit")).toStartWith('"default";r=98;');
    expect((await hosts(server, somebody())).headers.get("ratelimit")).toStartWith('"default";r=99;');
  });

  test("counts both prefixes, unknown paths and bad requests alike", async () => {
    const from = somebody();
    await hosts(server, from, "/api/v1");
    await call("GET", `${server.url}/api/hosts/nobody`, undefined, from);
    await call("GET", `${server.url}/api/hosts/nobody/nowhere`, undefined, from);
    await post(`${server.url}/api/hosts`, "{", from);
    expect((await hosts(server, from)).headers.get("ratelimit")).toStartWith('"default";r=95;');
  });

  test("counts a WebSocket once, when it connects", async () => {
    const from = somebody();
    const headers = {
      ...from,
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    await fetch(`${server.url}/api/signaling/ws?peer_id=p`, { headers });
    expect((await hosts(server, from)).headers.get("ratelimit")).toStartWith('"default";r=98;');
  });

  test("fifty hosts behind one address beat on, whatever else comes from there", async () => {
    const from = somebody();
    const names = Array.from({ length: 50 }, (_, at) => `host-${at}`);
    const beat = (name: string) => post(`${server.url}/api/hosts/${name}/heartbeat`, {}, from);
    for (const host_id of names) {
      const body = { host_id, player_id: `of-${host_id}`, player_name: "P", ip_address: "192.168.1.100", port: 8080 };
      expect((await post(`${server.url}/api/hosts`, { ...full, ...body }, from)).status).toBe(201);
    }
    await Promise.all(Array.from({ length: 60 }, () => hosts(server, from)));
    expect((await hosts(server, from)).status).toBe(429);
    for (let round = 0; round < 3; round++) {
      expect(statuses(await Promise.all(names.map(beat)))).toEqual({ 200: 50 });
    }
    const flood = await Promise.all(Array.from({ length: 120 }, () => beat("host-0")));
    expect(statuses(flood)).toEqual({ 200: 97, 429: 23 });
    expect(flood.at(-1)!.headers.get("ratelimit-policy")).toBe('"own";q=100;w=60');
    expect((await beat("host-1")).status).toBe(200);
  });
});

/** A registration as the document shows it. */
const full = {
  public_ip: "203.0.113.1",
  cpu_cores: 8,
  cpu_frequency_mhz: 3600,
  memory_mb: 16384,
  network_speed_mbps: 1000,
  max_players: 50,
  max_zones: 5,
  ice_servers: [{ urls: "stun:stun.example.org:3478" }],
};

describe("who is not limited", () => {
  test("this machine itself, unless a proxy or a page of another origin speaks through it", async () => {
    const server = await startServer({ FACES: "coordinator", RATE_LIMIT_PER_MINUTE: "3" });
    try {
      const plain = await Promise.all(Array.from({ length: 20 }, () => hosts(server)));
      expect(statuses(plain)).toEqual({ 200: 20 });
      expect(plain[0]!.headers.get("ratelimit")).toBeNull();
      // Nobody is trusted to forward here: both count as the address of the connection.
      const forwarded = await Promise.all(Array.from({ length: 4 }, () => hosts(server, somebody())));
      expect(statuses(forwarded)).toEqual({ 200: 3, 429: 1 });
      expect((await hosts(server, { origin: "https://evil.example" })).status).toBe(429);
    } finally {
      await server.stop();
    }
  });

  test("anybody, with RATE_LIMIT_PER_MINUTE=0", async () => {
    const server = await startServer({ ...settings, RATE_LIMIT_PER_MINUTE: "0" });
    try {
      const answers = await Promise.all(Array.from({ length: 150 }, () => hosts(server)));
      expect(statuses(answers)).toEqual({ 200: 150 });
      expect(answers[0]!.headers.get("ratelimit-policy")).toBeNull();
    } finally {
      await server.stop();
    }
  });
});

describe("a limit in a cluster", () => {
  test("is one for all nodes, and each node's own while Redis is away", async () => {
    const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    const shared = { ...settings, REDIS_URL: redis.url, DATABASE_URL: postgres.url, RATE_LIMIT_PER_MINUTE: "20" };
    const nodes = await Promise.all([startServer(shared), startServer(shared)]);
    try {
      const ask = (count: number) => Promise.all(Array.from({ length: count }, (_, at) => hosts(nodes[at % 2]!)));
      expect(statuses(await ask(30))).toEqual({ 200: 20, 429: 10 });
      await redis.stop();
      await eventually("the nodes notice", async () => (await hosts(nodes[0])).status === 200 || null);
      await eventually("both of them", async () => (await hosts(nodes[1])).status === 200 || null);
      const alone = statuses(await ask(60));
      expect(alone[200]).toBeWithin(30, 40);
      expect(alone[429]).toBe(60 - alone[200]!);
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
      await Promise.all([redis.stop(), postgres.stop()]);
    }
  }, 60_000);
});
