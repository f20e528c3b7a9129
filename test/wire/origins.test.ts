import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { io as connect } from "socket.io-client";
import { documented } from "../support/coordinator-client.ts";
import { rendezvous } from "../support/cli.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const SECRET = "a secret of at least thirty-two bytes, for tests";
const ALLOWED = "https://app.example.org";
const FOREIGN = "https://evil.example";
const POLLING = "/socket.io/?EIO=4&transport=polling";

let server: RunningServer;
let token: string;

beforeAll(async () => {
  const settings = { AUTH_MODE: "token", JWT_SECRET: SECRET, ALLOWED_ORIGINS: ALLOWED };
  server = await startServer({ ...settings, FACES: "all" });
  const issued = await rendezvous(["token", "--sub", "a", "--scope", "admin"], settings);
  token = issued.stdout.trim();
});
afterAll(() => server.stop());

function ask(path: string, origin: string | null, method = "GET", more: Record<string, string> = {}) {
  const headers = { authorization: `Bearer ${token}`, ...more, ...(origin === null ? {} : { origin }) };
  return fetch(server.url + path, { method, headers });
}

describe("where tokens are asked for", () => {
  test("a page of an origin that is not allowed is refused by every face, before anything else", async () => {
    for (const [method, path, shape] of [
      ["POST", "/api/host/heartbeat", { success: false }],
      ["POST", "/api/match/find", { found: false }],
      ["GET", "/api/hosts", { detail: "Pages of this origin may not do this." }],
      ["OPTIONS", "/api/hosts", { detail: "Pages of this origin may not do this." }],
      ["GET", "/api/none", {}],
      ["POST", "/queue/join", { detail: "Pages of this origin may not do this." }],
      ["GET", "/queue/x/events", { detail: "Pages of this origin may not do this." }],
      ["POST", "/admin/cleanup", { detail: "Pages of this origin may not do this." }],
      ["GET", "/api/ice-servers", { error: "forbidden" }],
      ["GET", "/health", { error: "forbidden" }],
      ["GET", POLLING, { message: "Pages of this origin may not do this." }],
    ] as const) {
      for (const origin of [FOREIGN, "null", "http://app.example.org", `${ALLOWED}.evil.example`]) {
        const refused = await ask(path, origin, method);
        expect([path, origin, refused.status]).toEqual([path, origin, 403]);
        expect(refused.headers.get("access-control-allow-origin")).toBeNull();
        expect((await refused.json()) as object).toMatchObject(shape);
      }
    }
    expect((await ask("/", FOREIGN)).status).toBe(403);
  });

  test("an answer names the origin of a page that may have it, and never any", async () => {
    for (const path of ["/api/hosts", "/health", POLLING]) {
      for (const origin of [ALLOWED, server.url]) {
        const { status, headers } = await ask(path, origin);
        expect([path, status]).toEqual([path, 200]);
        expect(headers.get("access-control-allow-origin")).toBe(origin);
        expect(headers.get("vary")).toContain("Origin");
        expect(headers.get("access-control-allow-credentials")).toBeNull();
      }
      const { headers } = await ask(path, null);
      expect([headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([null, "Origin"]);
    }
  });

  test("a preflight is answered to pages that may call", async () => {
    const wanted = { "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
    for (const path of ["/api/match/find", POLLING]) {
      const { status, headers } = await ask(path, ALLOWED, "OPTIONS", wanted);
      expect([status, headers.get("access-control-allow-origin")]).toEqual([204, ALLOWED]);
      expect(headers.get("access-control-allow-headers")).toBe("authorization");
      expect((await ask(path, FOREIGN, "OPTIONS", wanted)).status).toBe(403);
    }
  });

  test("a WebSocket of a page that may not call is refused at its handshake, Socket.IO's as well", async () => {
    const upgrade = {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": btoa("0123456789abcdef"),
    };
    for (const path of ["/signaling?roomId=r", "/socket/", "/socket.io/?EIO=4&transport=websocket"]) {
      expect([path, (await ask(path, FOREIGN, "GET", upgrade)).status]).toEqual([path, 403]);
    }
  });

  for (const transport of ["polling", "websocket"]) {
    test(`Socket.IO by ${transport} lets no other page in`, async () => {
      const extraHeaders = { origin: FOREIGN };
      const socket = connect(server.url, { transports: [transport], extraHeaders, reconnection: false });
      const refused = new Promise<string>((heard) => {
        socket.on("connect_error", () => heard("refused"));
        socket.on("connect", () => heard("connected"));
      });
      expect(await refused).toBe("refused");
      socket.close();
    });
  }
});

describe("where none are", () => {
  test("any page may call, but not what only operators may do", async () => {
    const open = await startServer({ FACES: "all" });
    const from = (path: string, method = "GET") => fetch(open.url + path, { method, headers: { origin: FOREIGN } });
    for (const path of ["/api/hosts", "/health", POLLING]) {
      const { status, headers } = await from(path);
      expect([path, status, headers.get("access-control-allow-origin")]).toEqual([path, 200, "*"]);
    }
    const refused = await from("/admin/cleanup", "POST");
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    const zone = async (headers: Record<string, string>): Promise<number> => {
      const body = JSON.stringify(documented.zone);
      return (await fetch(`${open.url}/api/zones`, { method: "POST", body, headers })).status;
    };
    const rebound = `evil.example:${open.port}`;
    expect(await zone({ host: rebound, origin: `http://${rebound}` })).toBe(403);
    expect(await zone({ origin: open.url })).toBe(201);
    await open.stop();
  });
});
