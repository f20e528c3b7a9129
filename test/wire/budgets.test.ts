import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { documented } from "../support/coordinator-client.ts";
import { openSession } from "../support/coordinator.ts";
import { connectChat } from "../support/chat-client.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { befriend, device, mail, signUp } from "./devices-client.ts";
import { Guest } from "./rooms-client.ts";

/** Clients behind a proxy on this machine: each test is one of its own. */
let clients = 0;
const somebody = () => ({ "x-forwarded-for": `198.51.100.${++clients}` });
const behindProxy = { RATE_LIMIT_LOOPBACK: "on", TRUSTED_PROXIES: "127.0.0.1" };

/** The first answer that is refused, of at most `most`. */
async function refusal(ask: () => ReturnType<typeof call>, most: number) {
  for (let asked = 1; asked <= most; asked++) {
    const answer = await ask();
    if (answer.status === 429) return { ...answer, asked };
  }
  throw new Error(`none of ${most} was refused`);
}

describe("each class of request", () => {
  let server: RunningServer;
  beforeAll(async () => {
    const classes = [
      "find",
      "heartbeat",
      "turn",
      "join",
      "open",
      "read",
      "write",
      "frames",
      "admin",
      "login",
      "signup",
      "reset",
      "look",
      "probe",
    ];
    const turn = { TURN_URLS: "turn:turn.example.org:3478", TURN_SECRET: "north", ADMIN_TOKEN: "an-operators-token" };
    const budgets = classes.map((name) => `${name}=address:3/1h`).join(";");
    server = await startServer({
      ...behindProxy,
      ...turn,
      BUDGETS: `${budgets};turn=address:5/1h`.replace("turn=address:3/1h;", ""),
    });
  });
  afterAll(async () => void (await server.stop()));

  const beat = { hostId: "h", roomId: "r" };
  const rows: readonly (readonly [name: string, method: string, path: string, body: unknown, said: unknown])[] = [
    ["find", "POST", "/api/match/find", {}, { found: false, message: expect.any(String) }],
    ["heartbeat", "POST", "/api/host/heartbeat", beat, { success: false, error: expect.any(String) }],
    [
      "write",
      "POST",
      "/api/host/status",
      { hostId: "nobody", status: "idle" },
      { success: false, error: expect.any(String) },
    ],
    ["turn", "GET", "/api/ice-servers", undefined, { error: "rate_limited", message: expect.any(String) }],
    ["join", "POST", "/queue/join", { connect_code: "A#1" }, { detail: expect.any(String) }],
    ["open", "POST", "/api/sessions", { zone_id: "nowhere" }, { detail: expect.any(String) }],
    ["read", "GET", "/queue/nobody", undefined, { detail: expect.any(String) }],
    ["write", "POST", "/matches/m/result", { queue_id: "q", outcome: "x" }, { detail: expect.any(String) }],
    ["frames", "POST", "/matches/m/stream/frames", { frames: [] }, { detail: expect.any(String) }],
    ["admin", "POST", "/admin/cleanup", undefined, { detail: expect.any(String) }],
    ["read", "GET", "/api/stats", undefined, { error: { message: expect.any(String) } }],
    ...["/metrics", "/openapi.json", "/asyncapi.json"].map(
      (path) => ["look", "GET", path, undefined, { error: "rate_limited", message: expect.any(String) }] as const,
    ),
    ...["/", "/docs", "/docs/limits", "/demo/play", "/watch", "/assets/style.css", "/docs/there/is/no/such"].map(
      (path) => ["look", "GET", path, undefined, expect.stringContaining("too much at once")] as const,
    ),
    ...["/health", "/livez", "/readyz"].map(
      (path) => ["probe", "GET", path, undefined, { error: "rate_limited", message: expect.any(String) }] as const,
    ),
    [
      "default",
      "POST",
      "/api/auth/login",
      { email: "a@example.org", password: "wrong password" },
      { event: "error", error: expect.any(String), code: "rate_limited" },
    ],
    [
      "default",
      "POST",
      "/api/auth/signup",
      { email: "a" },
      { event: "error", error: expect.any(String), code: "rate_limited" },
    ],
    [
      "default",
      "POST",
      "/api/auth/reset",
      { email: "a" },
      { event: "error", error: expect.any(String), code: "rate_limited" },
    ],
  ];
  test.each(rows)(
    "%s: %s %s is refused in its face's words past its budget",
    async (name, method, path, body, said) => {
      const from = somebody();
      const limit = name === "turn" ? 5 : 3;
      const { asked, headers, body: words } = await refusal(() => call(method, server.url + path, body, from), 7);
      expect([asked, words]).toEqual([limit + 1, said]);
      expect(Number(headers.get("retry-after"))).toBeWithin(1, 3_601);
      expect(headers.get("ratelimit-policy")).toBe(`"${name}";q=${limit};w=3600`);
      expect(headers.get("ratelimit")).toStartWith(`"${name}";r=0;t=`);
      // Somebody else is served on.
      expect((await call(method, server.url + path, body, somebody())).status).not.toBe(429);
    },
  );

  test("whoever has looked at too much is still told that the server is well", async () => {
    const from = somebody();
    await refusal(() => call("GET", `${server.url}/metrics`, undefined, from), 4);
    for (const path of ["/health", "/livez", "/readyz"]) {
      expect((await call("GET", server.url + path, undefined, from)).status).toBe(200);
    }
  });

  test("a find that hands out credentials counts as that, too", async () => {
    const from = somebody();
    for (let n = 0; n < 3; n++) await call("GET", `${server.url}/api/ice-servers`, undefined, from);
    const finds = await refusal(() => post(`${server.url}/api/match/find`, {}, from), 4);
    expect([finds.asked, finds.headers.get("ratelimit-policy")]).toEqual([3, '"turn";q=5;w=3600']);
  });

  test("a room hands out credentials as well, and is not entered past that budget", async () => {
    const from = somebody();
    for (let n = 0; n < 5; n++) await call("GET", `${server.url}/api/ice-servers`, undefined, from);
    const answer = await call("GET", `${server.url}/signaling?roomId=r`, undefined, { ...from, ...handshake });
    expect([answer.status, answer.headers.get("ratelimit-policy")]).toEqual([429, '"turn";q=5;w=3600']);
  });
});

const handshake = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

describe("an account", () => {
  const SECRET = "a secret of at least thirty-two bytes, for tests";
  const sign = (sub: string): Promise<string> =>
    new SignJWT({ scope: "client" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(sub)
      .setExpirationTime("5m")
      .sign(new TextEncoder().encode(SECRET));

  test.each([
    ["find", "/api/match/find", {}],
    ["open", "/api/sessions", { zone_id: "nowhere" }],
  ])("has a budget of %s that holds wherever it calls from", async (name, path, body) => {
    const settings = { AUTH_MODE: "token", JWT_SECRET: SECRET, BUDGETS: `${name}=account:4/1h` };
    const server = await startServer({ ...behindProxy, ...settings });
    try {
      const ask = async (who: string) =>
        post(`${server.url}${path}`, body, { ...somebody(), authorization: `Bearer ${await sign(who)}` });
      const { asked, headers } = await refusal(() => ask("alice"), 6);
      expect([asked, headers.get("ratelimit-policy")]).toEqual([5, '"account";q=4;w=3600']);
      expect((await ask("bob")).status).toBe(404);
    } finally {
      await server.stop();
    }
  });

  test("opens sixty sessions in a minute, however many addresses and hosts it has", async () => {
    const server = await startServer({ ...behindProxy, AUTH_MODE: "token", JWT_SECRET: SECRET });
    try {
      const authorization = `Bearer ${await sign("alice")}`;
      const open = () => post(`${server.url}/api/sessions`, { zone_id: "z" }, { ...somebody(), authorization });
      const answers = await Promise.all(Array.from({ length: 70 }, open));
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    } finally {
      await server.stop();
    }
  });
});

describe("messages on sockets", () => {
  let server: RunningServer;
  beforeAll(async () => {
    const budgets = "signal=socket:3/1h;chat=socket:2/1h;join=socket:4/1h;frames=socket:3/1h;presence=socket:20/1h";
    server = await startServer({ RATE_LIMIT_LOOPBACK: "on", RATE_LIMIT_PER_MINUTE: "0", BUDGETS: budgets });
  });
  afterAll(async () => void (await server.stop()));

  test("a room answers a signal too many, and closes on whoever goes on", async () => {
    const address = `${server.wsUrl}/signaling?roomId=budgets`;
    const first = new Guest(address);
    await first.welcomed();
    const second = new Guest(address);
    await second.welcomed();
    await first.frame();
    for (let n = 0; n < 4; n++) first.send({ type: "offer", n });
    for (let n = 0; n < 3; n++) expect(await second.frame()).toMatchObject({ type: "offer", n });
    expect(await first.frame()).toMatchObject({ type: "error", code: "too_many_messages" });
    for (let n = 0; n < 60; n++) first.send({ type: "offer", n });
    expect(await first.closed()).toEqual({ code: 1008, reason: "too many messages" });
    await second.close();
  });

  test("devices are told of a message that is not forwarded", async () => {
    const [ada, bob] = [await signUp(server), await signUp(server)];
    await befriend(server, ada, bob);
    const sender = await device(server, ada, "laptop");
    const receiver = await device(server, bob, "phone");
    await sender.expectEvent("user_joined");
    const target = { user: bob, device: "phone" };
    for (let n = 0; n < 4; n++) sender.send(mail(sender, target, { payload: { n } }));
    for (let n = 0; n < 3; n++) expect((await receiver.event())["payload"]).toEqual({ n });
    expect(await sender.event()).toEqual({ event: "error", error: "Too many messages; try again later." });
    for (let n = 0; n < 60; n++) sender.send(mail(sender, target));
    expect(await sender.closed()).toEqual({ code: 1008, reason: "too many messages" });
    await receiver.close();
  });

  test("a coordinator's socket says it in its own words", async () => {
    const { id } = await openSession(server.url);
    const socket = new Guest(`${server.wsUrl}/api/signaling/ws?session_id=${id}&peer_id=a`);
    await eventually("the socket is open", () => socket.socket.readyState === WebSocket.OPEN);
    socket.send({ type: "join" });
    await socket.frame();
    for (let n = 0; n < 4; n++) socket.send({ type: "ice-candidate", candidate: "" });
    const detail = "Too many messages; try again later.";
    expect(await socket.frame()).toEqual({ type: "error", detail, message: detail });
    for (let n = 0; n < 60; n++) socket.send({ type: "ice-candidate", candidate: "" });
    expect(await socket.closed()).toEqual({ code: 1008, reason: "too many messages" });
  });

  test("the video chat does, and cuts whoever goes on", async () => {
    const ada = await connectChat(server.url);
    ada.send("join", { name: "Ada", age: 30, gender: "female" });
    await ada.next("waiting");
    for (let n = 0; n < 3; n++) ada.send("chat-message", "hello");
    expect(await ada.next("error")).toEqual({ message: "Too many messages; try again later." });
    const gone = new Promise<string>((over) => ada.socket.once("disconnect", over));
    for (let n = 0; n < 60; n++) ada.send("chat-message", "hello");
    expect(await gone).toBe("transport close");
    ada.close();
  });

  test("so does who streams a match", async () => {
    const player = (connect_code: string) => post(`${server.url}/queue/join`, { connect_code });
    await player("A#1");
    const { body } = await player("B#2");
    const socket = new Guest(`${server.wsUrl}/ws/stream/${body.match_id}`);
    await eventually("the socket is open", () => socket.socket.readyState === WebSocket.OPEN);
    for (let n = 0; n < 4; n++) socket.send({ type: "frames", frames: [] });
    expect(await socket.frame()).toEqual({ type: "error", detail: "Too many messages; try again later." });
    for (let n = 0; n < 60; n++) socket.send({ type: "frames", frames: [] });
    expect(await socket.closed()).toEqual({ code: 1008, reason: "too many messages" });
  });
});

describe("sockets", () => {
  const paths = ["/socket/", "/signaling?roomId=r", "/api/signaling/ws?peer_id=p"];
  const shake = async (server: RunningServer, path: string) => {
    const abort = new AbortController();
    const response = await fetch(server.url + path, { headers: handshake, signal: abort.signal });
    const { status, headers } = response;
    abort.abort();
    return { status, retryAfter: headers.get("retry-after") };
  };
  const statusOf = async (server: RunningServer, path: string) => (await shake(server, path)).status;

  test("of one address are counted over all paths and Socket.IO", async () => {
    const server = await startServer({ RATE_LIMIT_LOOPBACK: "on", SOCKETS_PER_ADDRESS: "3" });
    try {
      const held = new Guest(`${server.wsUrl}${paths[1]}`);
      await held.welcomed();
      const ws = await connectChat(server.url, { transports: ["websocket"] });
      const polling = await connectChat(server.url, { transports: ["polling"] });
      for (const path of paths) expect(await shake(server, path)).toEqual({ status: 429, retryAfter: "5" });
      const refused = await call("GET", `${server.url}/socket.io/?EIO=4&transport=polling`);
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
      // Who is connected goes on.
      polling.send("join", { name: "Ada", age: 30, gender: "female" });
      await polling.next("waiting");
      ws.close();
      await eventually("a free place", async () => (await statusOf(server, paths[0]!)) === 101);
      polling.close();
      await held.close();
      await eventually("two more", async () => (await statusOf(server, paths[2]!)) === 101);
    } finally {
      await server.stop();
    }
  });

  test("are no more than MAX_SOCKETS, whoever they come from; requests go on", async () => {
    const server = await startServer({ MAX_SOCKETS: "2" });
    try {
      const guests = [1, 2].map(() => new Guest(`${server.wsUrl}/signaling?roomId=full`));
      for (const guest of guests) await guest.welcomed();
      for (const path of paths) expect(await shake(server, path)).toEqual({ status: 503, retryAfter: "5" });
      expect((await call("GET", `${server.url}/socket.io/?EIO=4&transport=polling`)).status).toBe(503);
      expect((await call("GET", `${server.url}/livez`)).status).toBe(200);
      expect((await post(`${server.url}/api/hosts`, documented.host)).status).toBe(201);
      await guests[0]!.close();
      await eventually("a free place", async () => (await statusOf(server, paths[0]!)) === 101);
      await guests[1]!.close();
    } finally {
      await server.stop();
    }
  });

  test("connect so often and no more", async () => {
    const server = await startServer({ RATE_LIMIT_LOOPBACK: "on", BUDGETS: "connect=address:2/1h" });
    try {
      expect([await statusOf(server, paths[0]!), await statusOf(server, paths[1]!)]).toEqual([101, 101]);
      for (const path of paths) expect(await statusOf(server, path)).toBe(429);
      const refused = await call("GET", `${server.url}/socket.io/?EIO=4&transport=polling`);
      expect([refused.status, refused.headers.get("ratelimit-policy")]).toEqual([429, '"connect";q=2;w=3600']);
    } finally {
      await server.stop();
    }
  });
});

test("defaults let real clients be, and this machine altogether", async () => {
  const server = await startServer();
  try {
    const finds = Array.from({ length: 1_500 }, () => post(`${server.url}/api/match/find`, {}));
    expect(new Set((await Promise.all(finds)).map(({ status }) => status))).toEqual(new Set([404]));
    const beats = Array.from({ length: 300 }, (_, n) =>
      post(
        `${server.url}/api/host/heartbeat`,
        { hostId: `h${n % 50}`, roomId: "r" },
        { "x-forwarded-for": "192.0.2.1" },
      ),
    );
    expect(new Set((await Promise.all(beats)).map(({ status }) => status))).toEqual(new Set([200]));
  } finally {
    await server.stop();
  }
});
