import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { call } from "../support/http.ts";
import { operatorClient } from "../support/operator-client.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const SECRET = "a secret of the tests that is more than 32 bytes long";

const sign = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("somebody")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(SECRET));

describe("the arena with AUTH_MODE=token", () => {
  let server: RunningServer;
  let token: Record<"alice" | "bob" | "host" | "plain" | "admin", string>;
  const as = (who: keyof typeof token | null, method: string, path: string, body?: unknown) =>
    call(method, server.url + path, body, who === null ? {} : { authorization: `Bearer ${token[who]}` });
  const status = async (...args: Parameters<typeof as>): Promise<number> => (await as(...args)).status;
  const join = (who: keyof typeof token | null, connect_code: string) =>
    as(who, "POST", "/queue/join", { connect_code });

  beforeAll(async () => {
    server = await startServer({ FACES: "arena", AUTH_MODE: "token", JWT_SECRET: SECRET });
    token = {
      alice: await sign({ scope: "client", player_id: ["ALIC#1", "ALIC#2"] }),
      bob: await sign({ scope: "client", player_id: "BOB#1" }),
      host: await sign({ scope: "host", host_id: "BOB#1" }),
      plain: await sign({}),
      admin: await sign({ scope: "admin" }),
    };
  });
  afterAll(() => server.stop());

  test("nobody plays without a token, nor under another's connect code", async () => {
    const answers = [await join(null, "ALIC#1"), await join("bob", "ALIC#1"), await join("host", "BOB#1")];
    expect(answers.map(({ status, body }) => [status, typeof body.detail])).toEqual([
      [401, "string"],
      [403, "string"],
      [403, "string"],
    ]);
    expect(answers[0]!.headers.get("www-authenticate")).toStartWith("Bearer");
  });

  test("a token that says which agents are its own plays as no other", async () => {
    const big = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    const joins = async (claims: object, agent_id: string | number): Promise<number> => {
      const authorization = `Bearer ${await sign({ scope: "client", player_id: "EVE#9", ...claims })}`;
      const body = `{"connect_code":"EVE#9","agent_id":${agent_id}}`;
      const { status } = await fetch(`${server.url}/queue/join`, { method: "POST", body, headers: { authorization } });
      return status;
    };
    for (const agent_id of [9, "9", [7, "9"], ["9", big]]) expect(await joins({ agent_id }, 9)).toBe(200);
    expect(await joins({ agent_id: [big] }, big)).toBe(200);
    for (const agent_id of [8, "8", [], ["90"], null, {}]) expect(await joins({ agent_id }, 9)).toBe(403);
    expect([await joins({}, 9), await joins({ scope: "admin" }, 9)]).toEqual([200, 200]);
    await as("admin", "POST", "/admin/cleanup");
  });

  test("players play; whoever has any good token may look on", async () => {
    const one = (await join("alice", "ALIC#2")).body;
    const { queue_id, match_id } = (await join("bob", "BOB#1")).body;
    expect((await as("alice", "GET", `/queue/${one.queue_id}`)).body.match_id).toBe(match_id);
    const result = { queue_id, outcome: "won" };
    expect(await status("plain", "POST", `/matches/${match_id}/result`, result)).toBe(403);
    expect(await status("bob", "POST", `/matches/${match_id}/result`, result)).toBe(200);
    for (const path of [`/matches/${match_id}`, `/matches/${match_id}/wager`, "/leaderboard"]) {
      expect([path, await status("plain", "GET", path), await status(null, "GET", path)]).toEqual([path, 200, 401]);
    }
    for (const path of [`/queue/${queue_id}`, `/queue/${queue_id}/events`]) {
      expect([path, await status("plain", "GET", path), await status("bob", "GET", path)]).toEqual([path, 403, 200]);
    }
  });

  test("a match is streamed by those who play it, and watched by whoever has a token", async () => {
    await join("alice", "ALIC#1");
    const { match_id } = (await join("bob", "BOB#1")).body;
    const stream = (who: keyof typeof token | null) =>
      status(who, "POST", `/matches/${match_id}/stream/frames`, { frames: [] });
    const stranger = await sign({ scope: "client", player_id: "EVE#1" });
    token = { ...token, plain: stranger };
    expect([
      await stream("alice"),
      await stream("bob"),
      await stream("admin"),
      await stream("plain"),
      await stream(null),
    ]).toEqual([200, 200, 200, 403, 401]);
    const shake = async (path: string, access_token: string) => {
      const socket = new WebSocket(`${server.wsUrl}${path}?access_token=${access_token}`);
      const opened = await new Promise<boolean>((settle) => {
        socket.onopen = () => settle(true);
        socket.onerror = () => settle(false);
      });
      socket.close();
      return opened;
    };
    const [watching, streaming] = [`/ws/match/${match_id}`, `/ws/stream/${match_id}`];
    expect([await shake(watching, stranger), await shake(watching, "")]).toEqual([true, false]);
    expect([await shake(streaming, token.bob), await shake(streaming, stranger), await shake(streaming, "")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("cleaning up takes a token with scope admin, whoever calls from where", async () => {
    const clean = async (headers: Record<string, string>) =>
      (await call("POST", `${server.url}/admin/cleanup`, {}, headers)).status;
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
    expect([await clean({}), await clean(bearer("nonsense")), await clean(bearer(token.alice))]).toEqual([
      401, 401, 403,
    ]);
    expect(await clean({ ...bearer(token.admin), via: "1.1 proxy" })).toBe(200);
  });
});

describe("the arena with an ADMIN_TOKEN", () => {
  test("is cleaned up by whoever sends it, from wherever, and by nobody else", async () => {
    const ADMIN_TOKEN = "the-admin-token-of-the-tests";
    const server = await startServer({ FACES: "arena", ADMIN_TOKEN });
    try {
      const clean = (headers: Record<string, string>) => call("POST", `${server.url}/admin/cleanup`, {}, headers);
      const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
      const refused = [await clean({}), await clean(bearer("wrong")), await clean(bearer(`${ADMIN_TOKEN}x`))];
      expect(refused.map(({ status, body }) => [status, Object.keys(body)])).toEqual([
        [401, ["detail"]],
        [403, ["detail"]],
        [403, ["detail"]],
      ]);
      const taken = await clean({ ...bearer(ADMIN_TOKEN), "x-forwarded-for": "203.0.113.9" });
      expect([taken.status, taken.headers.get("access-control-allow-origin")]).toEqual([200, null]);
      const { items } = await operatorClient(() => server.url, bearer(ADMIN_TOKEN)).list("audit");
      expect(items).toMatchObject([
        {
          label: "cleanup arena",
          state: "done",
          fields: { who: "ADMIN_TOKEN from 127.0.0.1", detail: "expired: 0 who waited, 0 that played" },
        },
      ]);
      expect(server.output()).not.toContain(ADMIN_TOKEN);
    } finally {
      await server.stop();
    }
  });
});
