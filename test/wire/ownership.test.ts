import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { documented } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { bearer, SECRET, sign } from "../support/tokens.ts";

const people = {
  plain: {},
  admin: { scope: "admin" },
  rack: { scope: "host", host_id: ["host-1", "pool-1"] },
  otherRack: { scope: "host", host_id: ["host-2", "pool-2"] },
  alice: { scope: "client", player_id: ["alice", "ALIC#1"] },
  bob: { scope: "client", player_id: ["bob", "BOB#1"] },
  eve: { scope: "client", player_id: ["eve", "EVE#1"] },
} as const;
type Person = keyof typeof people;

/** How one route is called. */
interface Walk {
  /** Whose it is. */
  readonly owner: Person;
  /** Somebody with a good token for something else; null: nothing is owned here. */
  readonly other: Person | null;
  /** Where it is, if not at the path as it is described. Things that calling it uses up are made here. */
  path?(): string | Promise<string>;
  body?(): unknown;
}

/** Routes that ask for no JWT: others than these do. */
const UNASKED = [/^\/(health|livez|readyz|metrics)$/, /^\/api\/stats$/, /^\/api\/(auth|contacts)/, /^\/admin\//];

describe("every route with AUTH_MODE=token", () => {
  let server: RunningServer;
  let token: Record<Person, string>;
  let session: string;
  let match: Match;

  interface Match {
    readonly id: string;
    readonly alice: string;
    readonly bob: string;
  }

  const as = (who: Person | null, method: string, path: string, body?: unknown) =>
    call(method, server.url + path, body, who === null ? {} : bearer(token[who]));
  const must = async (...args: Parameters<typeof as>): Promise<any> => {
    const { status, body } = await as(...args);
    if (status >= 300) throw new Error(`${args.slice(0, 3).join(" ")}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const opening = { host_id: "host-1", zone_id: "zone", max_players: 10 };
  const openSession = async (): Promise<string> => {
    const { session_id } = await must("rack", "POST", "/api/sessions", opening);
    return session_id;
  };
  const queue = async (): Promise<string> =>
    (await must("alice", "POST", "/queue/join", { connect_code: "ALIC#1" })).queue_id;
  const play = async (): Promise<Match> => {
    const alice = await queue();
    const { queue_id: bob, match_id: id } = await must("bob", "POST", "/queue/join", { connect_code: "BOB#1" });
    return { id, alice, bob };
  };
  /** The same for each: a client's own part in a match. */
  const inMatch = (what: string, more: () => object): Walk => ({
    owner: "alice",
    other: "eve",
    async path() {
      match = await play();
      return `/matches/${match.id}/${what}`;
    },
    body: () => ({ queue_id: match.alice, ...more() }),
  });
  const streaming = (what: string, body: object): Walk => ({
    owner: "bob",
    other: "eve",
    path: () => `/matches/${match.id}/stream/${what}`,
    body: () => body,
  });
  const anyone = (path?: () => string | Promise<string>): Walk => ({
    owner: "plain",
    other: null,
    ...(path === undefined ? {} : { path }),
  });
  const hosts = (path?: () => string | Promise<string>, body?: () => unknown): Walk => ({
    owner: "rack",
    other: "otherRack",
    ...(path === undefined ? {} : { path }),
    ...(body === undefined ? {} : { body }),
  });
  const mail = (what: object) => (): unknown => ({ session_id: session, peer_id: "alice", ...what });
  const fetching = (kind: string): Walk => ({
    owner: "alice",
    other: "eve",
    path: () => `/api/signaling/${kind}/${session}?peer_id=alice`,
  });
  const frame = { frame: 1, players: [] };

  const walks: Readonly<Record<string, Walk>> = {
    "POST /api/tickets": anyone(),
    "GET /api/ice-servers": anyone(),
    "POST /api/host/heartbeat": hosts(undefined, () => ({ hostId: "pool-1", roomId: "room-1" })),
    "POST /api/host/status": hosts(undefined, () => ({ hostId: "pool-1", status: "idle" })),
    "POST /api/match/find": { owner: "alice", other: "rack", body: () => ({}) },
    "DELETE /api/host/{hostId}": hosts(() => "/api/host/pool-1"),

    "POST /api/hosts": hosts(undefined, () => ({ ...documented.host, host_id: "host-1" })),
    "GET /api/hosts": anyone(),
    "GET /api/hosts/{host_id}": anyone(() => "/api/hosts/host-1"),
    "PATCH /api/hosts/{host_id}": {
      owner: "admin",
      other: "rack",
      path: () => "/api/hosts/host-2",
      body: () => ({ status: "MAINTENANCE" }),
    },
    "POST /api/hosts/{host_id}/heartbeat": hosts(
      () => "/api/hosts/host-1/heartbeat",
      () => documented.heartbeat,
    ),
    "DELETE /api/hosts/{host_id}": {
      owner: "otherRack",
      other: "rack",
      path: () => "/api/hosts/host-2",
    },
    "POST /api/zones": {
      owner: "admin",
      other: "rack",
      body: () => ({ ...documented.zone, zone_id: "another" }),
    },
    "GET /api/zones": anyone(),
    "GET /api/zones/{zone_id}": anyone(() => "/api/zones/zone"),
    "PATCH /api/zones/{zone_id}": {
      owner: "admin",
      other: "rack",
      path: () => "/api/zones/zone",
      body: () => ({ p2p_priority: 3 }),
    },
    "POST /api/sessions": hosts(undefined, () => opening),
    "GET /api/sessions": anyone(),
    "GET /api/sessions/{session_id}": anyone(() => `/api/sessions/${session}`),
    "POST /api/sessions/{session_id}/activate": hosts(async () => `/api/sessions/${await openSession()}/activate`),
    "POST /api/sessions/{session_id}/end": hosts(async () => `/api/sessions/${await openSession()}/end`),
    "PATCH /api/sessions/{session_id}/metrics": hosts(
      () => `/api/sessions/${session}/metrics`,
      () => documented.metrics,
    ),
    "POST /api/sessions/{session_id}/players": {
      owner: "bob",
      other: "eve",
      path: () => `/api/sessions/${session}/players`,
      body: () => ({ player_id: "bob" }),
    },
    "DELETE /api/sessions/{session_id}/players/{player_id}": {
      owner: "bob",
      other: "eve",
      path: () => `/api/sessions/${session}/players/bob`,
    },
    "POST /api/signaling/offer": { owner: "alice", other: "eve", body: mail({ sdp: "v=0" }) },
    "GET /api/signaling/offer/{session_id}": fetching("offer"),
    "POST /api/signaling/answer": { owner: "alice", other: "eve", body: mail({ sdp: "v=0" }) },
    "GET /api/signaling/answer/{session_id}": fetching("answer"),
    "POST /api/signaling/ice-candidate": { owner: "alice", other: "eve", body: mail({ candidate: "candidate:1" }) },
    "GET /api/signaling/ice-candidates/{session_id}": fetching("ice-candidates"),
    "GET /api/monitoring/dashboard": anyone(),
    "GET /api/monitoring/hosts/stats": anyone(),

    "POST /queue/join": { owner: "alice", other: "eve", body: () => ({ connect_code: "ALIC#1" }) },
    "GET /queue/{queue_id}": { owner: "alice", other: "eve", path: async () => `/queue/${await queue()}` },
    "GET /queue/{queue_id}/events": {
      owner: "alice",
      other: "eve",
      async path() {
        const id = await queue();
        await must("alice", "DELETE", `/queue/${id}`);
        return `/queue/${id}/events`;
      },
    },
    "DELETE /queue/{queue_id}": { owner: "alice", other: "eve", path: async () => `/queue/${await queue()}` },
    "GET /matches/{match_id}": anyone(() => `/matches/${match.id}`),
    "POST /matches/{match_id}/result": inMatch("result", () => ({ outcome: "won", stocks_remaining: 1 })),
    "GET /matches/{match_id}/wager": anyone(() => `/matches/${match.id}/wager`),
    "POST /matches/{match_id}/wager/propose": inMatch("wager/propose", () => ({ amount_wei: 1, wager_id: 0 })),
    "POST /matches/{match_id}/wager/accept": {
      ...inMatch("", () => ({})),
      async path() {
        match = await play();
        const terms = { queue_id: match.bob, amount_wei: 1, wager_id: 0 };
        await must("bob", "POST", `/matches/${match.id}/wager/propose`, terms);
        return `/matches/${match.id}/wager/accept`;
      },
    },
    "POST /matches/{match_id}/wager/decline": {
      ...inMatch("", () => ({})),
      async path() {
        match = await play();
        const terms = { queue_id: match.bob, amount_wei: 1, wager_id: 0 };
        await must("bob", "POST", `/matches/${match.id}/wager/propose`, terms);
        return `/matches/${match.id}/wager/decline`;
      },
    },
    "GET /matches/{match_id}/typed-data": {
      ...anyone(),
      async path() {
        match = await signable();
        return `/matches/${match.id}/typed-data`;
      },
    },
    "POST /matches/{match_id}/signature": {
      owner: "alice",
      other: "bob",
      path: () => `/matches/${match.id}/signature`,
      body: () => ({ address: WALLETS[0], signature: "0x00" }),
    },
    "GET /matches/{match_id}/signatures": anyone(() => `/matches/${match.id}/signatures`),
    "GET /leaderboard": anyone(),
    "GET /agents/{agent_id}/rating": anyone(() => "/agents/1/rating"),
    "POST /matches/{match_id}/stream/start": {
      ...streaming("start", { stage_id: 31, players: [] }),
      async path() {
        match = await play();
        return `/matches/${match.id}/stream/start`;
      },
    },
    "POST /matches/{match_id}/stream/frames": streaming("frames", { frames: [frame] }),
    "POST /matches/{match_id}/stream/frame": streaming("frame", frame),
    "POST /matches/{match_id}/stream/game_end": streaming("game_end", {
      game_number: 1,
      winner_port: 1,
      end_method: "GAME",
    }),
    "POST /matches/{match_id}/stream/end": streaming("end", { winner_port: 1, final_score: [1, 0] }),
    "GET /matches/{match_id}/viewers": anyone(() => `/matches/${match.id}/viewers`),
    "GET /matches/{match_id}/replay": anyone(async () => {
      const path = `/matches/${match.id}/replay`;
      await eventually("it is written", async () => (await as("plain", "GET", path)).status === 200);
      return path;
    }),
  };

  const WALLETS = [`0x${"a1".repeat(20)}`, `0x${"b2".repeat(20)}`] as const;

  /** A match that is over, with wallets on both sides and a winner. */
  async function signable(): Promise<Match> {
    const [wallet_a, wallet_b] = WALLETS;
    const join = (who: Person, connect_code: string, wallet_address: string) =>
      must(who, "POST", "/queue/join", { connect_code, wallet_address });
    const { queue_id: alice } = await join("alice", "ALIC#1", wallet_a);
    const { queue_id: bob, match_id: id } = await join("bob", "BOB#1", wallet_b);
    const report = (who: Person, queue_id: string, stocks_remaining: number) =>
      must(who, "POST", `/matches/${id}/result`, { queue_id, outcome: "COMPLETED", stocks_remaining });
    await report("alice", alice, 1);
    await report("bob", bob, 0);
    return { id, alice, bob };
  }

  /** Answered for what was asked, and not for who asked. */
  const NOT_THERE: Readonly<Record<string, number>> = {
    "GET /agents/{agent_id}/rating": 404,
    "GET /api/ice-servers": 403, // Nobody has been matched here.
    "POST /matches/{match_id}/signature": 400,
  };

  beforeAll(async () => {
    server = await startServer({
      AUTH_MODE: "token",
      JWT_SECRET: SECRET,
      RATE_LIMIT_PER_MINUTE: "0",
      TURN_URLS: "turn:turn.example.org",
      TURN_SECRET: "north",
    });
    const entries = Object.entries(people).map(async ([who, claims]) => [who, await sign(claims, who)] as const);
    token = Object.fromEntries(await Promise.all(entries)) as Record<Person, string>;
    for (const [who, host_id] of [
      ["rack", "host-1"],
      ["otherRack", "host-2"],
    ] as const) {
      await must(who, "POST", "/api/hosts", { ...documented.host, host_id, player_id: `of-${host_id}` });
    }
    await must("admin", "POST", "/api/zones", { ...documented.zone, zone_id: "zone" });
    session = await openSession();
    await must("alice", "POST", `/api/sessions/${session}/players`, { player_id: "alice" });
    for (const kind of ["offer", "answer"]) {
      await must("rack", "POST", `/api/signaling/${kind}`, { session_id: session, peer_id: "host-1", sdp: "v=0" });
    }
    match = await play();
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test("refuses whoever sends no token, one that is too little, or somebody else's, and nobody else", async () => {
    const { paths } = (await call("GET", `${server.url}/openapi.json`)).body as {
      paths: Record<string, Record<string, { security: readonly Record<string, readonly string[]>[] }>>;
    };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        path,
        security,
      })),
    );
    const asked = operations.filter(({ path }) => !UNASKED.some((one) => one.test(path)));
    expect(asked.map(({ name }) => name).toSorted()).toEqual(Object.keys(walks).toSorted());
    const rightly: unknown[] = [];
    const answered: unknown[] = [];
    // In the order in which they are written, because some need what others make.
    for (const [name, { owner, other, path, body }] of Object.entries(walks)) {
      const { path: described, security } = asked.find((one) => one.name === name)!;
      const method = name.split(" ")[0]!;
      const at = (await path?.()) ?? described;
      const ask = async (who: Person | null): Promise<number> => (await as(who, method, at, body?.())).status;
      const forAnyToken = security.some((way) => way["bearer"]?.length === 0);
      const good = NOT_THERE[name] ?? "2xx";
      rightly.push([name, 401, forAnyToken ? good : 403, other === null ? null : 403, good]);
      const said = (status: number): number | string =>
        status >= 200 && status < 300 && good === "2xx" ? good : status;
      answered.push([
        name,
        await ask(null),
        said(await ask("plain")),
        other === null ? null : await ask(other),
        said(await ask(owner)),
      ]);
    }
    expect(answered).toEqual(rightly);
  });

  test("a peer of another session has no part in this one's signaling", async () => {
    const offer = { session_id: session, peer_id: "eve", sdp: "v=0" };
    expect((await as("eve", "POST", "/api/signaling/offer", offer)).status).toBe(403);
    expect((await as("eve", "GET", `/api/signaling/offer/${session}?peer_id=eve`)).status).toBe(403);
    for (const query of ["", `&session_id=${session}`]) {
      const socket = new WebSocket(`${server.wsUrl}/api/signaling/ws?peer_id=eve${query}&access_token=${token.eve}`);
      const heard: any[] = [];
      socket.onmessage = ({ data }) => {
        heard.push(JSON.parse(String(data)));
        if (query === "") socket.close(1000);
      };
      socket.onopen = () => socket.send(JSON.stringify({ type: "join", session_id: session }));
      const code = await new Promise<number>((closed) => (socket.onclose = (event) => closed(event.code)));
      expect([1000, 4403]).toContain(code);
      expect(heard.map(({ type }) => type)).toEqual(["error"]);
    }
  });

  test("a pool host's room is that host's and its client's", async () => {
    await must("rack", "POST", "/api/host/heartbeat", { hostId: "pool-1", roomId: "room-of-1" });
    const enter = async (who: Person, roomId: string): Promise<string> => {
      const socket = new WebSocket(`${server.wsUrl}/signaling?roomId=${roomId}&access_token=${token[who]}`);
      const outcome = await new Promise<string>((settle) => {
        socket.onmessage = ({ data }) => settle(JSON.parse(String(data)).type);
        socket.onclose = () => settle("refused");
      });
      socket.close();
      return outcome;
    };
    expect([
      await enter("otherRack", "room-of-1"),
      await enter("plain", "room-of-1"),
      await enter("rack", "room-of-1"),
      await enter("alice", "room-of-1"),
      await enter("otherRack", "room-of-nobody"),
    ]).toEqual(["refused", "refused", "welcome", "welcome", "welcome"]);
  });

  test("a publisher streams what its token names", async () => {
    const { id } = await play();
    const other = await play();
    const start = async (claims: object, at = id) =>
      (
        await call(
          "POST",
          `${server.url}/matches/${at}/stream/start`,
          { stage_id: 31, players: [] },
          bearer(await sign({ scope: "publisher", ...claims })),
        )
      ).status;
    expect([
      await start({ match_id: id }),
      await start({ match_id: [other.id, id] }),
      await start({ player_id: "BOB#1" }),
      await start({ match_id: other.id }),
      await start({ match_id: id, scope: "client" }),
      await start({ player_id: "EVE#1" }),
      await start({ player_id: id }),
      await start({}),
    ]).toEqual([200, 200, 200, 403, 403, 403, 403, 403]);
    const shake = async (claims: object): Promise<boolean> => {
      const access = await sign({ scope: "publisher", ...claims });
      const socket = new WebSocket(`${server.wsUrl}/ws/stream/${id}?access_token=${access}`);
      const opened = await new Promise<boolean>((settle) => {
        socket.onopen = () => settle(true);
        socket.onerror = () => settle(false);
      });
      socket.close();
      return opened;
    };
    expect([await shake({ match_id: id }), await shake({ match_id: other.id })]).toEqual([true, false]);
  });
});
