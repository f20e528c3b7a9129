import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { call, post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { ourProgram } from "../support/our-program.ts";

const SECRET = "a secret of the tests that is more than 32 bytes long";

/** Runs the program to its end, in an empty folder. */
async function rendezvous(args: string[], env: Record<string, string> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), "rendezvous-token-"));
  const child = Bun.spawn([process.execPath, "--no-env-file", ourProgram, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const code = await child.exited;
  rmSync(cwd, { recursive: true, force: true });
  return { out: out.trim(), err, code };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const handshakeHeaders = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** The status a handshake is answered with; 101 when it is accepted. */
async function handshake(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, { headers: { ...handshakeHeaders, ...headers } });
  return response.status;
}

describe("AUTH_MODE=token", () => {
  const settings = { JWT_SECRET: SECRET, JWT_ISSUER: "tests", JWT_AUDIENCE: "rendezvous" };
  let server: RunningServer;
  let host: string;
  let client: string;
  let admin: string;

  const issue = async (...args: string[]): Promise<string> => {
    const { out, err, code } = await rendezvous(["token", "--sub", "somebody", ...args], settings);
    if (code !== 0) throw new Error(err);
    return out;
  };

  beforeAll(async () => {
    [server, host, client, admin] = await Promise.all([
      startServer({ AUTH_MODE: "token", ...settings }),
      issue("--scope", "host", "--host-id", "host-1"),
      issue("--scope", "client", "--player-id", "player-1"),
      issue("--scope", "admin"),
    ]);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const beat = (hostId: string, headers: Record<string, string> = {}) =>
    post(`${server.url}/api/host/heartbeat`, { hostId, roomId: "room", region: hostId }, headers);

  test("a host's token speaks for that host alone", async () => {
    expect(await beat("host-1", bearer(host))).toMatchObject({ status: 200, body: { success: true } });
    const other = await beat("host-2", bearer(host));
    expect(other).toMatchObject({ status: 403, body: { success: false, error: expect.any(String) } });
    expect(other.headers.get("www-authenticate")).toContain("insufficient_scope");
    expect((await call("DELETE", `${server.url}/api/host/host-2`, undefined, bearer(host))).status).toBe(403);
    expect(
      (await post(`${server.url}/api/host/status`, { hostId: "host-2", status: "busy" }, bearer(host))).status,
    ).toBe(403);
    expect((await beat("host-2", bearer(admin))).status).toBe(200);
    expect((await call("DELETE", `${server.url}/api/host/host-2`, undefined, bearer(admin))).status).toBe(200);
  });

  test("the room of a pool host stays that host's, whoever else names it", async () => {
    const thief = await issue("--scope", "host", "--host-id", "thief");
    const inRoom = (hostId: string, token: string) =>
      post(`${server.url}/api/host/heartbeat`, { hostId, roomId: "victims", region: hostId }, bearer(token));
    const enter = (token: string) => handshake(`${server.url}/signaling?roomId=victims`, bearer(token));
    expect((await inRoom("host-1", host)).status).toBe(200);
    expect(await inRoom("thief", thief)).toMatchObject({ status: 403, body: { success: false } });
    expect([await enter(host), await enter(thief)]).toEqual([101, 403]);
    expect((await post(`${server.url}/api/match/find`, { region: "thief" }, bearer(client))).body).toMatchObject({
      found: false,
    });
    expect((await call("DELETE", `${server.url}/api/host/host-1`, undefined, bearer(host))).status).toBe(200);
    expect((await inRoom("thief", thief)).status).toBe(200);
    expect((await call("DELETE", `${server.url}/api/host/thief`, undefined, bearer(thief))).status).toBe(200);
  });

  test("without a token, or with a bad one, the answer is 401 in the face's own shape", async () => {
    const none = await beat("host-1");
    expect(none).toMatchObject({ status: 401, body: { success: false, error: expect.stringContaining("token") } });
    expect(none.headers.get("www-authenticate")).toStartWith("Bearer");
    expect([none.headers.get("access-control-allow-origin"), none.headers.get("vary")]).toEqual([null, "Origin"]);
    const broken = await beat("host-1", bearer(`${host}x`));
    expect(broken).toMatchObject({ status: 401, body: { success: false } });
    expect(broken.headers.get("www-authenticate")).toContain("invalid_token");
    const find = await post(`${server.url}/api/match/find`, {});
    expect(find).toMatchObject({ status: 401, body: { found: false, message: expect.any(String) } });
  });

  test("a client finds, a host does not", async () => {
    await beat("host-1", bearer(host));
    const find = (token: string) => post(`${server.url}/api/match/find`, { region: "host-1" }, bearer(token));
    expect((await find(host)).status).toBe(403);
    expect(await find(client)).toMatchObject({ status: 200, body: { found: true, roomId: "room" } });
  });

  test("any good token is given ICE servers", async () => {
    expect((await call("GET", `${server.url}/api/ice-servers`)).status).toBe(401);
    expect((await call("GET", `${server.url}/api/ice-servers`, undefined, bearer(client))).status).toBe(200);
  });

  test("probes, pages and preflights need none", async () => {
    for (const path of ["/health", "/livez", "/readyz", "/metrics", "/", "/docs", "/openapi.json"]) {
      expect((await call("GET", server.url + path)).status).toBe(200);
    }
    const preflight = await call("OPTIONS", `${server.url}/api/match/find`, undefined, {
      origin: server.url,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization");
  });

  test("a token signed by others, for others, too old or without an end is refused", async () => {
    const now = Math.floor(Date.now() / 1000);
    const sign = (claims: object, secret = SECRET) =>
      new SignJWT({ sub: "x", scope: "admin", iss: "tests", aud: "rendezvous", exp: now + 60, ...claims })
        .setProtectedHeader({ alg: "HS256" })
        .sign(new TextEncoder().encode(secret));
    expect((await beat("host-1", bearer(await sign({})))).status).toBe(200);
    const bad = [
      sign({}, `${SECRET} `),
      sign({ iss: "others" }),
      sign({ aud: "others" }),
      sign({ exp: now - 60 }),
      sign({ exp: undefined }),
      sign({ nbf: now + 60 }),
    ];
    for (const token of await Promise.all(bad)) expect((await beat("host-1", bearer(token))).status).toBe(401);
  });

  test("a WebSocket takes its token from header, query or subprotocol", async () => {
    const path = `${server.url}/signaling?roomId=guarded`;
    // The first message may still bring one.
    expect(await handshake(path)).toBe(101);
    expect(await handshake(`${path}&access_token=rubbish`)).toBe(401);
    expect(await handshake(path, bearer(client))).toBe(101);
    expect(await handshake(`${path}-2&access_token=${client}`)).toBe(101);
    const socket = new WebSocket(`${server.wsUrl}/signaling?roomId=guarded-3`, ["rendezvous", `bearer.${client}`]);
    const welcome = await new Promise<string>((heard, failed) => {
      socket.onmessage = ({ data }) => heard(String(data));
      socket.onerror = () => failed(new Error("it was refused"));
    });
    expect(JSON.parse(welcome)).toMatchObject({ type: "welcome" });
    expect(socket.protocol).toBe("rendezvous");
    socket.close();
  });

  test("a token offered as a subprotocol does not come back", async () => {
    const chosen = async (offered: string) => {
      const response = await fetch(`${server.url}/signaling?roomId=guarded-4`, {
        headers: { ...handshakeHeaders, "sec-websocket-protocol": offered },
      });
      return [response.status, response.headers.get("sec-websocket-protocol")];
    };
    expect(await chosen(`bearer.${client}`)).toEqual([101, null]);
    expect(await chosen(`bearer.${client}, rendezvous`)).toEqual([101, "rendezvous"]);
  });

  test("no token is ever logged", () => {
    for (const token of [host, client, admin]) expect(server.output()).not.toContain(token.split(".")[2]!);
  });
});

describe("AUTH_MODE=token with published keys", () => {
  const newKey = async (kid: string, alg: "RS256" | "ES256") => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    return {
      jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" },
      token: () =>
        new SignJWT({ scope: "client" })
          .setProtectedHeader({ alg, kid })
          .setSubject("somebody")
          .setExpirationTime("5m")
          .sign(privateKey),
    };
  };

  test("takes tokens of the issuer's keys; without the issuer nobody is let in", async () => {
    const [rsa, ec, foreign] = await Promise.all([newKey("a", "RS256"), newKey("b", "ES256"), newKey("c", "ES256")]);
    const issuer = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.json({ keys: [rsa.jwk, ec.jwk] }),
    });
    const settings = { AUTH_MODE: "token", JWT_JWKS_URL: `http://127.0.0.1:${issuer.port}/keys` };
    const [server, alone] = await Promise.all([
      startServer(settings),
      startServer({ ...settings, JWT_JWKS_URL: "http://127.0.0.1:1/keys" }),
    ]);
    try {
      const ask = async (at: RunningServer, token: Promise<string>) =>
        call("GET", `${at.url}/api/ice-servers`, undefined, bearer(await token));
      expect((await ask(server, rsa.token())).status).toBe(200);
      expect((await ask(server, ec.token())).status).toBe(200);
      expect((await ask(server, foreign.token())).status).toBe(401);
      expect(await ask(alone, rsa.token())).toMatchObject({ status: 503, body: { error: "keys_unavailable" } });
      expect((await call("GET", `${alone.url}/livez`)).status).toBe(200);
    } finally {
      await Promise.all([server.stop(), alone.stop(), issuer.stop(true)]);
    }
  });
});

describe("AUTH_MODE=open, the default", () => {
  test("nobody is asked, and tokens are not looked at", async () => {
    const server = await startServer({ JWT_SECRET: SECRET });
    try {
      const host = { hostId: "h", roomId: "r" };
      expect((await post(`${server.url}/api/host/heartbeat`, host, bearer("rubbish"))).status).toBe(200);
      expect((await post(`${server.url}/api/match/find`, {})).status).toBe(200);
      expect(await handshake(`${server.url}/signaling?roomId=open`)).toBe(101);
    } finally {
      await server.stop();
    }
  });
});

describe("behind a proxy", () => {
  test("a find names the address that a trusted proxy was asked for, and nobody else's word for it", async () => {
    const headers = {
      "x-forwarded-for": "198.51.100.4",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "play.example.org",
    };
    const found = async (server: RunningServer): Promise<string> => {
      await post(`${server.url}/api/host/heartbeat`, { hostId: "h", roomId: "r" });
      return (await post(`${server.url}/api/match/find`, {}, headers)).body.signalingUrl;
    };
    const [trusting, plain] = await Promise.all([startServer({ TRUSTED_PROXIES: "127.0.0.0/8" }), startServer()]);
    try {
      expect(await found(trusting)).toBe("wss://play.example.org/signaling");
      expect(await found(plain)).toBe(`${plain.wsUrl}/signaling`);
    } finally {
      await Promise.all([trusting.stop(), plain.stop()]);
    }
  });
});

describe("settings and the token command", () => {
  test("what cannot be served with is refused with a sentence, and the secret is not repeated", async () => {
    const keys = "https://issuer.example/keys";
    for (const [env, says] of [
      [{ AUTH_MODE: "token" }, /neither JWT_SECRET nor JWT_JWKS_URL/],
      [{ AUTH_MODE: "token", JWT_SECRET: SECRET, JWT_JWKS_URL: keys }, /both set/],
      [{ JWT_SECRET: "short" }, /JWT_SECRET must be at least 32 bytes long/],
      [{ JWT_JWKS_URL: "http://issuer.example/keys" }, /JWT_JWKS_URL must be an https/],
      [{ AUTH_MODE: "tokens" }, /AUTH_MODE must be one of open, token/],
      [{ TRUSTED_PROXIES: "10.0.0.0/8,proxy.example" }, /TRUSTED_PROXIES must be addresses/],
      [{ RATE_LIMIT_PER_MINUTE: "-1" }, /RATE_LIMIT_PER_MINUTE must be a whole number/],
      [{ RATE_LIMIT_LOOPBACK: "yes" }, /RATE_LIMIT_LOOPBACK must be one of on, off/],
    ] as [Record<string, string>, RegExp][]) {
      const { err, code } = await rendezvous(["check-config"], env);
      expect(code).toBe(2);
      expect(err).toMatch(says);
      expect(err).not.toContain("short");
    }
  });

  test("remarks say what an operator may have meant otherwise", async () => {
    const { out } = await rendezvous(["check-config"], {
      AUTH_MODE: "token",
      JWT_JWKS_URL: "https://issuer.example/keys",
      PUBLIC_URL: "https://play.example.org",
      HOST: "0.0.0.0",
    });
    for (const word of ["JWT_AUDIENCE is not set", "TRUSTED_PROXIES"]) expect(out).toContain(word);
    expect(out).not.toContain("without a login");
    expect((await rendezvous(["check-config"], { JWT_SECRET: SECRET })).out).toContain("tokens are not looked at");
  });

  test("token prints a token and nothing else", async () => {
    const env = { JWT_SECRET: SECRET };
    const args = [
      "token",
      "--sub",
      "a",
      "--scope",
      "host client",
      "--host-id",
      "h",
      "--player-id",
      "p",
      "--player-id",
      "q",
    ];
    const { out, code } = await rendezvous([...args, "--ttl", "60"], env);
    expect(code).toBe(0);
    const claims = JSON.parse(Buffer.from(out.split(".")[1]!, "base64url").toString());
    expect(claims).toMatchObject({ sub: "a", scope: "host client", host_id: "h", player_id: ["p", "q"] });
    expect(claims.exp - claims.iat).toBe(60);
    const json = JSON.parse((await rendezvous([...args, "--json"], env)).out);
    expect(json).toEqual({ access_token: expect.any(String), token_type: "Bearer", expires_in: 3600 });
  });

  test("token says what is missing, and its flags belong to no other command", async () => {
    const env = { JWT_SECRET: SECRET };
    for (const [args, says, settings = env] of [
      [["token", "--sub", "a", "--scope", "host"], /JWT_SECRET is not set/, {}],
      [["token", "--scope", "host"], /--sub/],
      [["token", "--sub", "a"], /--scope/],
      [["token", "--sub", "a", "--scope", "lord"], /Unknown scope 'lord'/],
      [["token", "--sub", "a", "--scope", "host", "--ttl", "0"], /--ttl/],
      [["check-config", "--sub", "a"], /--sub belongs to the command token/],
    ] as [string[], RegExp, Record<string, string>?][]) {
      const { out, err, code } = await rendezvous(args, settings);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(says);
    }
  });
});
