import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const SECRET = "a secret of the tests that is more than 32 bytes long";

const sign = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("somebody")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(SECRET));

const registration = (host_id: string) => ({
  host_id,
  player_id: `of-${host_id}`,
  player_name: "P",
  ip_address: "192.168.1.100",
  port: 8080,
  public_ip: "203.0.113.1",
  cpu_cores: 8,
  cpu_frequency_mhz: 3600,
  memory_mb: 16384,
  network_speed_mbps: 1000,
  max_players: 50,
  max_zones: 5,
  ice_servers: [{ urls: "stun:stun.example.org:3478" }],
});

const zone = {
  zone_id: "prontera",
  zone_name: "Prontera",
  zone_display_name: "Prontera City",
  map_name: "prontera",
  max_players: 100,
  recommended_players: 50,
  p2p_enabled: true,
  p2p_priority: 8,
  min_host_quality_score: 80,
  min_bandwidth_mbps: 100,
  max_latency_ms: 50,
};

describe("the coordinator with AUTH_MODE=token", () => {
  let server: RunningServer;
  let token: Record<"admin" | "host1" | "host2" | "alice" | "bob" | "plain", string>;
  let session: string;

  const as = (who: keyof typeof token | null, method: string, path: string, body?: unknown) =>
    call(method, `${server.url}/api/v1${path}`, body, who === null ? {} : { authorization: `Bearer ${token[who]}` });
  const status = async (...args: Parameters<typeof as>): Promise<number> => (await as(...args)).status;

  beforeAll(async () => {
    server = await startServer({ FACES: "coordinator", AUTH_MODE: "token", JWT_SECRET: SECRET });
    token = {
      admin: await sign({ scope: "admin" }),
      host1: await sign({ scope: "host", host_id: "host-1" }),
      host2: await sign({ scope: "host", host_id: "host-2" }),
      alice: await sign({ scope: "client", player_id: "alice" }),
      bob: await sign({ scope: "client", player_id: "bob" }),
      plain: await sign({}),
    };
    expect(await status("admin", "POST", "/zones", zone)).toBe(201);
    expect(await status("host1", "POST", "/hosts", registration("host-1"))).toBe(201);
    expect(await status("host2", "POST", "/hosts", registration("host-2"))).toBe(201);
    const opened = await as("host1", "POST", "/sessions", { host_id: "host-1", zone_id: "prontera", max_players: 2 });
    expect(opened.status).toBe(201);
    session = opened.body.session_id;
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test("no route changes anything, or shows anything, without a token", async () => {
    for (const [method, path, body] of [
      ["GET", "/hosts"],
      ["GET", "/hosts/host-1"],
      ["POST", "/hosts", registration("host-3")],
      ["POST", "/hosts/host-1/heartbeat", {}],
      ["PATCH", "/hosts/host-1", { status: "MAINTENANCE" }],
      ["DELETE", "/hosts/host-1"],
      ["GET", "/zones"],
      ["POST", "/zones", { ...zone, zone_id: "other" }],
      ["PATCH", "/zones/prontera", { p2p_enabled: false }],
      ["GET", "/sessions"],
      ["POST", "/sessions", { zone_id: "prontera" }],
      ["POST", `/sessions/${session}/activate`],
      ["POST", `/sessions/${session}/end`],
      ["PATCH", `/sessions/${session}/metrics`, {}],
      ["POST", `/sessions/${session}/players`, { player_id: "alice" }],
      ["DELETE", `/sessions/${session}/players/alice`],
      ["POST", "/signaling/offer", { session_id: session, peer_id: "alice", sdp: "v=0" }],
      ["GET", `/signaling/offer/${session}?peer_id=alice`],
      ["POST", "/signaling/ice-candidate", { session_id: session, peer_id: "alice", candidate: "candidate:1" }],
      ["GET", `/signaling/ice-candidates/${session}?peer_id=alice`],
      ["GET", "/monitoring/dashboard"],
      ["GET", "/monitoring/hosts/stats"],
    ] as [string, string, unknown?][]) {
      const answer = await as(null, method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(answer.body).toEqual({ detail: expect.any(String) });
    }
  });

  test("any good token looks around", async () => {
    for (const path of ["/hosts", "/hosts/host-1", "/zones", `/sessions/${session}`, "/monitoring/dashboard"]) {
      expect(await status("plain", "GET", path)).toBe(200);
    }
  });

  test("a host changes only itself", async () => {
    expect(await status("host1", "POST", "/hosts/host-1/heartbeat", {})).toBe(200);
    expect(await status("host2", "POST", "/hosts/host-1/heartbeat", {})).toBe(403);
    expect(await status("alice", "POST", "/hosts/host-1/heartbeat", {})).toBe(403);
    expect(await status("host2", "POST", "/hosts", registration("host-1"))).toBe(403);
    expect(await status("host2", "DELETE", "/hosts/host-1")).toBe(403);
    expect(await status("admin", "POST", "/hosts/host-1/heartbeat", {})).toBe(200);
  });

  test("maintenance and zones are the operator's", async () => {
    expect(await status("host1", "PATCH", "/hosts/host-1", { status: "MAINTENANCE" })).toBe(403);
    expect(await status("host1", "POST", "/zones", { ...zone, zone_id: "mine" })).toBe(403);
    expect(await status("alice", "PATCH", "/zones/prontera", { p2p_enabled: false })).toBe(403);
    expect(await status("admin", "PATCH", "/zones/prontera", { p2p_enabled: true })).toBe(200);
  });

  test("a session is its host's", async () => {
    const opening = (host_id: string) => ({ host_id, zone_id: "prontera", max_players: 2 });
    expect(await status("host2", "POST", "/sessions", opening("host-1"))).toBe(403);
    expect(await status("host2", "POST", `/sessions/${session}/activate`)).toBe(403);
    expect(await status("alice", "POST", `/sessions/${session}/end`)).toBe(403);
    expect(await status("host1", "POST", `/sessions/${session}/activate`)).toBe(200);
    expect(await status("host1", "POST", "/sessions/session-unknown/activate")).toBe(404);
  });

  test("a player changes only its own membership", async () => {
    expect(await status("alice", "POST", `/sessions/${session}/players`, { player_id: "alice" })).toBe(200);
    expect(await status("alice", "POST", `/sessions/${session}/players`, { player_id: "bob" })).toBe(403);
    expect(await status("bob", "DELETE", `/sessions/${session}/players/alice`)).toBe(403);
    expect(await status("host2", "DELETE", `/sessions/${session}/players/alice`)).toBe(403);
    expect(await status("alice", "DELETE", `/sessions/${session}/players/alice`)).toBe(200);
  });

  test("a peer sends and reads only its own signaling", async () => {
    const offer = (peer_id: string) => ({ session_id: session, peer_id, sdp: "v=0\r\n" });
    expect(await status("alice", "POST", "/signaling/offer", offer("alice"))).toBe(403);
    expect(await status("alice", "POST", `/sessions/${session}/players`, { player_id: "alice" })).toBe(200);
    expect(await status("alice", "POST", "/signaling/offer", offer("alice"))).toBe(200);
    expect(await status("bob", "POST", "/signaling/offer", offer("alice"))).toBe(403);
    expect(await status("host1", "POST", "/signaling/answer", offer("host-1"))).toBe(200);
    expect(await status("bob", "GET", `/signaling/offer/${session}?peer_id=host-1`)).toBe(403);
    expect(await status("host1", "GET", `/signaling/offer/${session}?peer_id=host-1`)).toBe(200);
  });

  test("a socket is opened only in one's own name", async () => {
    const handshake = async (query: string): Promise<number> => {
      const headers = {
        upgrade: "websocket",
        connection: "Upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      };
      return (await fetch(`${server.url}/api/signaling/ws?session_id=${session}&${query}`, { headers })).status;
    };
    // The first message may still bring a token.
    expect(await handshake("peer_id=alice")).toBe(101);
    expect(await handshake(`peer_id=alice&access_token=${token.bob}`)).toBe(403);
    expect(await handshake(`peer_id=alice&access_token=${token.alice}`)).toBe(101);
    expect(await handshake(`peer_id=host-1&access_token=${token.host1}`)).toBe(101);
  });

  test("a name given twice opens nothing, in whatever order and below whatever prefix", async () => {
    for (const api of ["/api", "/api/v1"]) {
      for (const names of ["peer_id=alice&peer_id=host-1", "peer_id=host-1&peer_id=alice"]) {
        const query = `${names}&session_id=${session}&access_token=${token.alice}`;
        const socket = new WebSocket(`${server.wsUrl}${api}/signaling/ws?${query}`);
        const code = await new Promise<number>((closed) => (socket.onclose = (event) => closed(event.code)));
        // 1008: read and refused; 1002 or 1006: refused at the handshake already.
        expect([1002, 1006, 1008]).toContain(code);
      }
      const fetched = `${server.url}${api}/signaling/offer/${session}?peer_id=alice&peer_id=host-1`;
      const answer = await call("GET", fetched, undefined, { authorization: `Bearer ${token.alice}` });
      expect(answer).toMatchObject({ status: 400, body: { detail: "peer_id: given more than once" } });
    }
  });
});
