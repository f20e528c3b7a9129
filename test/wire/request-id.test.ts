import { afterAll, beforeAll, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { sendRaw } from "../support/raw-http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: "debug", BUDGETS: "find=address:1/1m", RATE_LIMIT_LOOPBACK: "on" });
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

const idOf = async (path: string, init: RequestInit = {}): Promise<string | null> => {
  const response = await fetch(`${server.url}${path}`, init);
  await response.text();
  return response.headers.get("x-request-id");
};
const named = (id: string, init: RequestInit = {}): RequestInit => ({ ...init, headers: { "x-request-id": id } });
const lines = (id: string): readonly Record<string, unknown>[] =>
  server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{") && line.includes(id))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a request keeps the name it came with, and its log lines carry it", async () => {
  expect(await idOf("/health", named("edge-1:a/b=c+d_e.f"))).toBe("edge-1:a/b=c+d_e.f");
  await eventually("its line", () => lines("edge-1:a/b=c+d_e.f").length > 0);
  expect(lines("edge-1:a/b=c+d_e.f")[0]).toMatchObject({ route: "/health", status: 200, msg: "answered" });
  expect(lines("edge-1:a/b=c+d_e.f")[0]!["request"]).toBe("edge-1:a/b=c+d_e.f");
});

test("a request without a name, or with one that is not fit for a log, gets its own", async () => {
  const ids = await Promise.all([
    idOf("/health"),
    idOf("/health"),
    idOf("/health", named("a b")),
    idOf("/health", named('a"b')),
    idOf("/health", named("x".repeat(129))),
  ]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[\w-]{13,40}$/);
});

test("every refusal says the name of its request", async () => {
  const find = (body: string): RequestInit => ({ method: "POST", body });
  expect(await idOf("/nowhere", named("r-404"))).toBe("r-404");
  expect(await idOf("/health", named("r-405", { method: "DELETE" }))).toBe("r-405");
  expect(await idOf("/api/match/find", named("r-400", find("{")))).toBe("r-400");
  expect(await idOf("/api/match/find", named("r-429", find("{}")))).toBe("r-429");
  expect(await idOf("/api/match/find", named("r-options", { method: "OPTIONS" }))).toBe("r-options");
  expect(await idOf("/signaling?roomId=r", named("r-426"))).toBe("r-426");
  expect(await idOf("/socket.io/?EIO=4&transport=polling", named("r-polling"))).toBe("r-polling");
  expect(await idOf("/socket.io/?EIO=4&transport=polling&sid=none", named("r-sid"))).toBe("r-sid");
});

const upgrade = (path: string, id: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nX-Request-Id: ${id}\r\n\r\n`;

test("so does every handshake, taken or refused", async () => {
  const handshakes = [
    ["/signaling?roomId=r", "101", "h-taken"],
    ["/ws/match/none", "403", "h-refused"],
    ["/socket.io/?EIO=4&transport=websocket", "101", "h-socketio"],
  ] as const;
  for (const [path, status, id] of handshakes) {
    const { text } = await sendRaw(server.port, upgrade(path, id));
    expect(text).toStartWith(`HTTP/1.1 ${status} `);
    expect(text.toLowerCase()).toContain(`x-request-id: ${id}\r\n`);
  }
});

test("pages of other origins may read it", async () => {
  const { headers } = await fetch(`${server.url}/api/match/find`, { method: "POST", body: "{" });
  expect(headers.get("access-control-expose-headers")).toContain("X-Request-Id");
});

test("the trace that a request belongs to stands in its lines, too", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const headers = { "x-request-id": "traced-1", traceparent: `00-${trace}-b7ad6b7169203331-01` };
  await idOf("/livez", { headers });
  const line = await eventually("its line", () => lines("traced-1")[0]);
  expect(line).toMatchObject({ request: "traced-1", trace });
});
