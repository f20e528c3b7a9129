import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { startServer, type RunningServer } from "../support/server.ts";

let trap: Server;
let touched = 0;
let server: RunningServer;

beforeAll(async () => {
  trap = createServer((socket) => {
    touched++;
    socket.destroy();
  });
  await new Promise<void>((listening) => trap.listen(0, "127.0.0.1", listening));
  server = await startServer({
    AUTH_MODE: "token",
    JWT_SECRET: "a secret of at least thirty-two bytes, for tests",
    TRUSTED_PROXIES: "127.0.0.1",
  });
});
afterAll(async () => {
  await server.stop();
  trap.close();
});

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

test("no address that a request names is ever connected to", async () => {
  const { port } = trap.address() as { port: number };
  const url = `http://127.0.0.1:${port}/`;
  const header = { alg: "RS256", kid: "k", jku: url, x5u: url, jwk: { kty: "RSA", n: "AQAB", e: "AQAB" } };
  const token = `${part(header)}.${part({ sub: "a", iss: url, exp: 4_000_000_000 })}.${part({})}`;
  const open = await startServer({ TRUSTED_PROXIES: "127.0.0.1" });
  const bodies = [
    { hostId: "h", roomId: "r", publicIp: "127.0.0.1", region: url, gameInfo: { url } },
    { region: url },
    { host_id: "h", host_name: url, public_ip: `127.0.0.1:${port}`, endpoint: url },
    { connect_code: "A#1", wallet_address: url, webhook: url, callback_url: url },
    { email: `a@127.0.0.1:${port}`, password: "long enough", name: url },
  ];
  for (const { url: base } of [server, open]) {
    for (const path of ["/api/host/heartbeat", "/api/match/find", "/api/hosts", "/queue/join", "/api/auth/signup"]) {
      for (const body of bodies) {
        const answer = await fetch(base + path, {
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            ...{ referer: url, forwarded: `for=127.0.0.1;host="127.0.0.1:${port}"` },
            ...{ "x-forwarded-host": `127.0.0.1:${port}`, "x-forwarded-for": "127.0.0.1" },
          },
          body: JSON.stringify(body),
          redirect: "manual",
        });
        expect([path, answer.status < 500]).toEqual([path, true]);
      }
    }
  }
  await open.stop();
  expect(touched).toBe(0);
});
