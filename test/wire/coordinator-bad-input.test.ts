import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { coordinatorClient, documented } from "../support/coordinator-client.ts";
import { call } from "../support/http.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** A request that cannot be granted: what it must be answered, and a word that the answer must have. */
type Bad = readonly [method: string, path: string, body: unknown, status: 400 | 404, says: string | RegExp];

const LONG = "ä😀".repeat(1_707);
const { host, zone } = documented;

/** Numbers that no amount can be. Text is sent as it stands: not all of them can be written in JSON. */
const noAmounts = ["-1", "-0.1", "1e308", "1e999", "-1e999", "NaN", "Infinity", '"7"', "true", "[]", "{}"];
const noCounts = [...noAmounts, "1.5", "99999999999999999999"];

const withField = (body: object, field: string, value: string): string =>
  `${JSON.stringify(body).replace(/\}$/, "")}${Object.keys(body).length > 0 ? "," : ""}"${field}":${value}}`;

const bad: readonly Bad[] = [
  // Whole bodies.
  ...["[]", "null", '"x"', "7", "{", "", '{"__proto__":{}}'].flatMap((body): Bad[] => [
    ["POST", "/hosts/", body, 400, ""],
    ["POST", "/zones/", body, 400, ""],
    ["POST", "/sessions/", body, 400, ""],
  ]),
  // Fields that must be there.
  ...["host_id", "player_id", "player_name", "ip_address", "port"].map((field): Bad => [
    "POST",
    "/hosts/",
    { ...host, [field]: undefined },
    400,
    `${field} is required`,
  ]),
  ["POST", "/zones/", { ...zone, zone_id: undefined }, 400, "zone_id is required"],
  ["POST", "/zones/", { ...zone, zone_name: undefined }, 400, "zone_name is required"],
  ["POST", "/sessions/", { host_id: "h" }, 400, "zone_id is required"],
  ["POST", "/sessions/1/players", {}, 400, "player_id is required"],
  // Ids: empty, long, not text, or with what nobody can see.
  ...["", LONG, 7, null, {}, "a\u0000b", "a\nb", "\ud800"].flatMap((id): Bad[] => [
    ["POST", "/hosts/", { ...host, host_id: id }, 400, /^host_id/],
    ["POST", "/zones/", { ...zone, zone_id: id }, 400, /^zone_id/],
    ["POST", "/sessions/", { host_id: "h", zone_id: id }, 400, /^zone_id/],
    ["POST", "/sessions/1/players", { player_id: id }, 400, /^player_id/],
  ]),
  // Ids in paths: well, there is nothing of that name.
  ...[LONG, "a/b", "'; DROP TABLE hosts; --", '"', "😀", "\u0000", "%", "null", "-1", "1e3", "0x1"].flatMap(
    (id): Bad[] => [
      ["GET", `/hosts/${encodeURIComponent(id)}`, undefined, 404, "not found"],
      ["DELETE", `/hosts/${encodeURIComponent(id)}`, undefined, 404, "not found"],
      ["POST", `/hosts/${encodeURIComponent(id)}/heartbeat`, {}, 404, "not found"],
      ["GET", `/zones/${encodeURIComponent(id)}`, undefined, 404, "not found"],
      ["PATCH", `/zones/${encodeURIComponent(id)}`, {}, 404, "not found"],
      ["GET", `/sessions/${encodeURIComponent(id)}`, undefined, 404, "not found"],
      ["POST", `/sessions/${encodeURIComponent(id)}/end`, undefined, 404, "not found"],
      ["DELETE", `/sessions/1/players/${encodeURIComponent(id)}`, undefined, 404, "not in session"],
    ],
  ),
  // Numbers.
  ...["latency_ms", "packet_loss_percent", "bandwidth_usage_mbps"].flatMap((field) =>
    noAmounts.map((value): Bad => ["POST", "/hosts/known/heartbeat", withField({}, field, value), 400, field]),
  ),
  ...noCounts.map((value): Bad => [
    "POST",
    "/hosts/known/heartbeat",
    withField({}, "current_players", value),
    400,
    "current_players",
  ]),
  ...["port", "max_players", "max_zones"].flatMap((field) =>
    ["0", ...noCounts].map((value): Bad => ["POST", "/hosts/", withField(host, field, value), 400, field]),
  ),
  ["POST", "/hosts/", { ...host, port: 65_536 }, 400, "port"],
  ["POST", "/hosts/", { ...host, port: 1e308 }, 400, "port"],
  ...[".", ".."].flatMap((id): Bad[] => [
    ["POST", "/hosts/", { ...host, host_id: id }, 400, "host_id"],
    ["POST", "/zones/", { ...zone, zone_id: id }, 400, "zone_id"],
    ["POST", "/sessions/1/players", { player_id: id }, 400, "player_id"],
  ]),
  ["GET", "/sessions/01", undefined, 404, /^Session not found: 01$/],
  ["POST", "/hosts/known/heartbeat", { packet_loss_percent: 100.1 }, 400, "packet_loss_percent"],
  ...["max_players", "p2p_priority", "recommended_players"].flatMap((field) =>
    noCounts.map((value): Bad => ["PATCH", "/zones/known", withField({}, field, value), 400, field]),
  ),
  ...["min_host_quality_score", "min_bandwidth_mbps", "max_latency_ms"].flatMap((field) =>
    noAmounts.map((value): Bad => ["POST", "/zones/", withField(zone, field, value), 400, field]),
  ),
  ...["0", ...noCounts].map((value): Bad => [
    "POST",
    "/sessions/",
    withField({ host_id: "known", zone_id: "known" }, "max_players", value),
    400,
    "max_players",
  ]),
  ...["average_latency_ms", "average_packet_loss_percent", "bandwidth_usage_mbps", "quality_score"].flatMap((field) =>
    noAmounts.map((value): Bad => ["PATCH", "/sessions/1/metrics", withField({}, field, value), 400, field]),
  ),
  ["PATCH", "/sessions/1/metrics", { quality_score: 100.1 }, 400, "quality_score"],
  // Words.
  ...["ENABLE", "", 1, null].map((status): Bad => ["PATCH", "/zones/known", { status }, 400, "status"]),
  ...["OFFLINE", "BUSY", "", 1, null].map((status): Bad => ["PATCH", "/hosts/known", { status }, 400, "status"]),
  ["PATCH", "/hosts/known", {}, 400, "status"],
  ...["yes", 1, "true"].map((value): Bad => ["PATCH", "/zones/known", { p2p_enabled: value }, 400, "p2p_enabled"]),
  ["POST", "/hosts/", { ...host, ice_servers: "stun:x" }, 400, "ice_servers"],
  ["POST", "/hosts/", { ...host, ice_servers: [{ urls: 7 }] }, 400, "ice_servers.0.urls"],
  // Queries.
  ...["hosts/?status=ON", "zones/?status=ONLINE", "sessions/?status=OPEN"].map((path): Bad => [
    "GET",
    `/${path}`,
    undefined,
    400,
    "status",
  ]),
  ...["NaN", "-1", "101", "1e2", "x", "Infinity", "%00", "1;2"].map((value): Bad => [
    "GET",
    `/hosts/?min_quality_score=${value}`,
    undefined,
    400,
    "min_quality_score",
  ]),
  ["GET", "/zones/?p2p_enabled=perhaps", undefined, 400, "p2p_enabled"],
  ...["0", "-1", "1001", "1.5", "ten"].map((value): Bad => [
    "GET",
    `/sessions/?limit=${value}`,
    undefined,
    400,
    "limit",
  ]),
  ...["-1", "1.5", "99999999999", "ten"].map((value): Bad => [
    "GET",
    `/hosts/?offset=${value}`,
    undefined,
    400,
    "offset",
  ]),
  ["GET", `/sessions/?host_id=${"😀".repeat(257)}`, undefined, 400, "host_id"],
  ["GET", "/sessions/?limit=1&limit=2", undefined, 400, "limit"],
  ["GET", "/sessions/?zone_id=%00", undefined, 400, "zone_id"],
];

describe("bad input to the coordinator", () => {
  let postgres: RunningPostgres;
  let servers: readonly RunningServer[];
  beforeAll(async () => {
    postgres = await startPostgres();
    servers = await Promise.all([
      startServer({ FACES: "coordinator" }),
      startServer({ FACES: "coordinator", DATABASE_URL: postgres.url }),
    ]);
    for (const server of servers) {
      const api = coordinatorClient(() => `${server.url}/api`);
      await api.session({
        host_id: await api.host({ host_id: "known" }),
        zone_id: await api.zone({ zone_id: "known" }),
      });
    }
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await postgres.stop();
  });

  /** Everything there is to see. */
  const state = async ({ url }: RunningServer): Promise<unknown> => {
    const paths = ["hosts/", "hosts/known", "zones/", "zones/known", "sessions/1", "monitoring/dashboard"];
    const parts = await Promise.all(paths.map(async (path) => (await call("GET", `${url}/api/${path}`)).body));
    return parts.map((part) => ({ ...part, system: null, session_id: null }));
  };

  test("is refused with a detail that names what is wrong, alike on both stores, and changes nothing", async () => {
    const before = await Promise.all(servers.map(state));
    for (const [method, path, body, status, says] of bad) {
      const answers = [];
      for (const { url } of servers) {
        const { status, body: answer } = await call(method, `${url}/api${path}`, body);
        answers.push({ status, body: answer });
      }
      const [onSqlite, onPostgres] = answers as [{ status: number; body: any }, { status: number; body: any }];
      const asked = `${method} ${path} ${JSON.stringify(body)}`.slice(0, 200);
      expect({ asked, ...onPostgres }).toEqual({ asked, ...onSqlite });
      expect({ asked, status: onSqlite.status, keys: Object.keys(onSqlite.body) }).toEqual({
        asked,
        status,
        keys: ["detail"],
      });
      expect(onSqlite.body.detail).toMatch(says);
      expect(onSqlite.body.detail.length).toBeLessThan(600);
    }
    expect(await Promise.all(servers.map(state))).toEqual(before);
    expect(before[1]).toEqual(before[0]);
    for (const server of servers) expect(server.output()).not.toContain('"level":"error"');
  });

  test("ids with slashes, quotes and emoji are ids like all others", async () => {
    for (const id of ["a/b", `'"; DROP TABLE hosts; --`, "😀/🎮", "😀".repeat(256), "%2F", "1"]) {
      for (const { url } of servers) {
        const api = coordinatorClient(() => `${url}/api`);
        const path = encodeURIComponent(id);
        const zone_id = await api.zone({ zone_id: id });
        expect((await api.get(`/zones/${path}`)).body.zone_id).toBe(id);
        const { session_id } = await api.session({ host_id: await api.host({ host_id: id }), zone_id });
        expect((await api.get(`/sessions/?zone_id=${path}&host_id=${path}`)).body).toHaveLength(1);
        await api.post(`/sessions/${session_id}/players`, { player_id: id });
        expect((await api.get(`/sessions/${session_id}`)).body.connected_players).toEqual([id]);
        expect((await api.delete(`/sessions/${session_id}/players/${path}`)).status).toBe(200);
        expect((await api.delete(`/hosts/${path}`)).status).toBe(200);
      }
    }
  });

  test("bytes in a path that are no UTF-8 are nobody's, not even of one named U+FFFD", async () => {
    for (const { url } of servers) {
      const api = coordinatorClient(() => `${url}/api`);
      await api.host({ host_id: "\ufffd" });
      for (const path of ["/hosts/%ff", "/hosts/%80", "/hosts/%ed%a0%80"]) {
        expect(await api.get(path)).toMatchObject({ status: 404, body: { detail: "Not found" } });
        expect((await api.delete(path)).status).toBe(404);
      }
      expect((await api.get(`/hosts/${encodeURIComponent("\ufffd")}`)).status).toBe(200);
      expect((await api.delete(`/hosts/${encodeURIComponent("\ufffd")}`)).status).toBe(200);
    }
  });

  test("a body over 64 KiB is 413, and an unknown path below the prefixes 404, in the face's shape", async () => {
    for (const { url } of servers) {
      const large = await call("POST", `${url}/api/hosts/`, { ...host, player_name: "x".repeat(70_000) });
      expect(large).toMatchObject({ status: 413, body: { detail: expect.any(String) } });
      expect(await call("GET", `${url}/api/v1/hosts/a/b/c`)).toMatchObject({
        status: 404,
        body: { detail: "Not found" },
      });
      const wrong = await call("PUT", `${url}/api/hosts/a`, {});
      expect(wrong).toMatchObject({ status: 405, body: { detail: expect.any(String) } });
    }
  });
});
