import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { openRaw, socketUrl } from "./devices-client.ts";
import { sendToOneWhoDoesNotRead } from "./slow-receiver.ts";

/** The answer to a handshake: its status. */
const shake = async (server: RunningServer, origin?: string): Promise<number> => {
  const headers: Record<string, string> = {
    ...{ upgrade: "websocket", connection: "Upgrade" },
    ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
  };
  if (origin !== undefined) headers["origin"] = origin;
  const abort = new AbortController();
  const response = await fetch(socketUrl(server).replace(/^ws/, "http"), { headers, signal: abort.signal });
  abort.abort();
  return response.status;
};

describe("floods", () => {
  let server: RunningServer;

  beforeAll(async () => {
    const settings = { FACES: "devices", RATE_LIMIT_LOOPBACK: "on", RATE_LIMIT_PER_MINUTE: "0" };
    server = await startServer({ ...settings, SOCKET_MESSAGES_PER_SECOND: "20" });
  });
  afterAll(async () => void (await server.stop()));

  test("a socket is closed past its burst, and an address past ten times that", async () => {
    const sockets = Array.from({ length: 12 }, () => openRaw(server));
    for (const socket of sockets.slice(0, 11)) for (let n = 0; n < 95; n++) socket.sendText(`{"event":"connect"}`);
    // What is read of the first ten is within the address' budget; the eleventh is past it, although not past its own.
    const first = await Promise.race(sockets.map((socket) => socket.closed()));
    expect(first).toEqual({ code: 1008, reason: "too many messages" });
    for (const socket of sockets) socket.close(1000);
  });
});

describe("sockets of one address", () => {
  test("are as many as are allowed, and one more once one has closed", async () => {
    const settings = { FACES: "devices", RATE_LIMIT_LOOPBACK: "on", SOCKETS_PER_ADDRESS: "3" };
    const server = await startServer(settings);
    const sockets = Array.from({ length: 3 }, () => openRaw(server));
    for (const socket of sockets) {
      socket.sendText(`{"event":"connect"}`);
      await socket.event();
    }
    expect(await shake(server)).toBe(429);
    sockets[0]!.close(1000);
    await sockets[0]!.closed();
    await eventually("a free place", async () => (await shake(server)) === 101);
    for (const socket of sockets.slice(1)) socket.close(1000);
    await server.stop();
  });
});

describe("a receiver that stops reading", () => {
  let server: RunningServer;
  beforeAll(async () => void (server = await startServer({ FACES: "devices", SOCKET_MESSAGES_PER_SECOND: "100000" })));
  afterAll(async () => void (await server.stop()));

  // Small ones that come right after one another are written together, large ones each by itself.
  test.each([60_000, 30_000, 2_000])(
    "is closed, and the sender is told of each message that did not go out (%d characters)",
    (chars) => sendToOneWhoDoesNotRead({ near: server, far: server }, chars),
    20_000,
  );
});

describe("pages of other origins", () => {
  const SECRET = "a secret of at least thirty-two bytes, for tests";

  test("may not connect where tokens are asked for, unless they are allowed", async () => {
    const server = await startServer({
      ...{ FACES: "devices", AUTH_MODE: "token", JWT_SECRET: SECRET },
      ...{ ALLOWED_ORIGINS: "https://app.example.org", PUBLIC_URL: "https://play.example.org" },
    });
    expect(await shake(server)).toBe(101);
    expect(await shake(server, server.url)).toBe(101);
    expect(await shake(server, "https://app.example.org")).toBe(101);
    expect(await shake(server, "https://play.example.org")).toBe(101);
    for (const origin of ["https://evil.example", "http://app.example.org", "null"]) {
      expect(await shake(server, origin)).toBe(403);
    }
    await server.stop();
  });

  test("may where none are", async () => {
    const server = await startServer({ FACES: "devices" });
    expect(await shake(server, "https://evil.example")).toBe(101);
    await server.stop();
  });
});
