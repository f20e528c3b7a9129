import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { call } from "../support/http.ts";
import { connectChat, type ChatOptions } from "../support/chat-client.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { bearer, SECRET, sign } from "../support/tokens.ts";

interface Ended {
  readonly code: number;
  readonly reason: string;
  readonly heard: readonly any[];
}

/** Opens a socket, sends these, and waits until it is closed. */
function ended(url: string, frames: readonly unknown[] = []): Promise<Ended> {
  const socket = new WebSocket(url);
  const heard: unknown[] = [];
  socket.onmessage = ({ data }) => void heard.push(JSON.parse(String(data)));
  socket.onopen = () => frames.forEach((frame) => socket.send(JSON.stringify(frame)));
  return new Promise((done) => {
    socket.onclose = ({ code, reason }) => done({ code, reason, heard });
  });
}

/** Opens a socket, sends these, and gives what it hears first. */
function first(url: string, frames: readonly unknown[] = []): Promise<any> {
  const socket = new WebSocket(url);
  socket.onopen = () => frames.forEach((frame) => socket.send(JSON.stringify(frame)));
  return new Promise((heard, failed) => {
    socket.onmessage = ({ data }) => {
      heard(JSON.parse(String(data)));
      socket.close();
    };
    socket.onclose = ({ code, reason }) => failed(new Error(`closed with ${code} ${reason}`));
  });
}

const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe("handshakes with AUTH_MODE=token", () => {
  let server: RunningServer;
  let client: string;
  let none: string;
  let rooms = 0;
  const room = (query = ""): string => `${server.wsUrl}/signaling?roomId=room-${++rooms}${query}`;
  const ticketFor = async (token: string): Promise<string> => {
    const { status, body, headers } = await call("POST", `${server.url}/api/tickets`, undefined, bearer(token));
    expect([status, body, headers.get("cache-control")]).toEqual([
      201,
      { ticket: expect.any(String), expires_in: 30 },
      "no-store",
    ]);
    return body.ticket;
  };

  beforeAll(async () => {
    server = await startServer({ AUTH_MODE: "token", JWT_SECRET: SECRET });
    [client, none] = await Promise.all([sign({ scope: "client", player_id: "alice" }), sign({})]);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  describe("a first message", () => {
    test("says who is there; what comes behind it is handled after it", async () => {
      const auth = { type: "auth", token: client };
      expect(await first(room(), [auth])).toMatchObject({ type: "welcome" });
      const heard: any[] = [];
      const socket = new WebSocket(room());
      socket.onopen = () => {
        for (const frame of [auth, { type: "offer", sdp: "x" }]) socket.send(JSON.stringify(frame));
      };
      await new Promise<void>((done) => {
        socket.onmessage = ({ data }) => heard.push(JSON.parse(String(data))) === 2 && done();
      });
      socket.close();
      expect(heard).toMatchObject([{ type: "welcome" }, { type: "error", code: "peer_not_found" }]);
    });

    test("that is none, or shows nothing good, closes the socket before anything is handled", async () => {
      const path = `${server.wsUrl}/api/signaling/ws?peer_id=alice`;
      for (const url of [room(), path]) {
        const strange = await ended(url, [{ type: "offer", sdp: "x" }]);
        expect(strange).toEqual({ code: 4401, reason: "token required", heard: [] });
        const bad = await ended(url, [{ type: "auth", token: `${client}x` }]);
        expect(bad).toEqual({ code: 4401, reason: "token refused", heard: [] });
      }
      const other = await ended(path.replace("alice", "bob"), [{ type: "auth", token: client }]);
      expect(other).toEqual({ code: 4403, reason: "forbidden", heard: [] });
      const unknown = await ended(`${server.wsUrl}/ws/match/none`, [{ type: "auth", token: client }]);
      expect(unknown).toEqual({ code: 1008, reason: "refused", heard: [] });
    });
  });

  describe("a ticket", () => {
    test("opens one socket in place of its token, and no second one", async () => {
      const ticket = await ticketFor(client);
      expect(await first(room(`&ticket=${ticket}`))).toMatchObject({ type: "welcome" });
      expect((await ended(room(`&ticket=${ticket}`))).code).not.toBe(1000);
      const refused = await call("GET", `${server.url}/api/ice-servers?ticket=${await ticketFor(client)}`);
      // It is for handshakes alone.
      expect(refused.status).toBe(401);
    });

    test("allows what its token does and no more", async () => {
      const path = (ticket: string) => `${server.wsUrl}/api/signaling/ws?peer_id=bob&ticket=${ticket}`;
      expect((await ended(path(await ticketFor(client)))).code).not.toBe(1000);
      expect((await call("POST", `${server.url}/api/tickets`)).status).toBe(401);
    });

    test("opens an event stream, where a token in the query does so, too", async () => {
      const { queue_id } = (await call("POST", `${server.url}/queue/join`, { connect_code: "alice" }, bearer(client)))
        .body;
      const events = `${server.url}/queue/${queue_id}/events`;
      for (const [query, status] of [
        ["", 401],
        [`?ticket=${await ticketFor(client)}`, 200],
        ["?ticket=none", 401],
        [`?access_token=${client}`, 200],
      ] as const) {
        const leave = new AbortController();
        const answer = await fetch(events + query, { signal: leave.signal });
        expect([query.slice(0, 8), answer.status]).toEqual([query.slice(0, 8), status]);
        leave.abort();
      }
    });
  });

  describe("Socket.IO", () => {
    const why = (options: ChatOptions): Promise<string> =>
      connectChat(server.url, { reconnection: false, ...options }).then(
        (one) => (one.close(), "connected"),
        (error: Error & { data?: { code: string } }) => error.data?.code ?? error.message,
      );
    const ways = [{ transports: ["websocket"] }, { transports: ["polling"] }, {}] as const;

    test("takes a token from the header, the CONNECT packet or the query, and a ticket, over each transport", async () => {
      for (const way of ways) {
        const transports = "transports" in way ? { transports: [...way.transports] } : {};
        const all = await Promise.all([
          why({ ...transports, extraHeaders: bearer(client) }),
          why({ ...transports, auth: { token: client } }),
          why({ ...transports, query: { access_token: client } }),
          ticketFor(client).then((ticket) => why({ ...transports, query: { ticket } })),
        ]);
        expect(all).toEqual(["connected", "connected", "connected", "connected"]);
      }
    });

    test("refuses whoever shows nothing, nothing good or not enough, and says why", async () => {
      const ticket = await ticketFor(client);
      expect(await why({ query: { ticket } })).toBe("connected");
      expect([
        await why({}),
        await why({ auth: { token: "rubbish" } }),
        await why({ auth: { token: none } }),
        await why({ auth: { token: { toString: "x" } } }),
        await why({ query: { ticket } }),
      ]).toEqual(["token_required", "invalid_token", "forbidden", "token_required", "invalid_ticket"]);
    });

    test("answers a poll with the right status", async () => {
      const poll = (headers: Record<string, string>) =>
        call("GET", `${server.url}/socket.io/?EIO=4&transport=polling`, undefined, headers);
      expect([(await poll(bearer("rubbish"))).status, (await poll(bearer(none))).status]).toEqual([401, 403]);
    });
  });

  describe("a socket whose token ends", () => {
    test("is closed with it", async () => {
      const token = await sign({ scope: "client", player_id: "alice", exp: soon(2) });
      const [inRoom, atMailbox, introduced] = await Promise.all([
        ended(room(`&access_token=${token}`)),
        ended(`${server.wsUrl}/api/signaling/ws?peer_id=alice&access_token=${token}`),
        ended(room(), [{ type: "auth", token }]),
      ]);
      for (const { code, reason } of [inRoom, atMailbox, introduced]) {
        expect([code, reason]).toEqual([4401, "token expired"]);
      }
    }, 15_000);

    test("as a chat's and an event stream are", async () => {
      const token = await sign({ scope: "client", player_id: "alice", exp: soon(2) });
      const { queue_id } = (await call("POST", `${server.url}/queue/join`, { connect_code: "alice" }, bearer(token)))
        .body;
      const stream = await fetch(`${server.url}/queue/${queue_id}/events`, { headers: bearer(token) });
      const chat = await connectChat(server.url, { auth: { token } });
      const parted = new Promise((gone) => chat.socket.once("disconnect", gone));
      expect(await parted).toBe("io server disconnect");
      expect(await stream.text()).toContain("event: waiting");
      chat.close();
    }, 15_000);
  });

  test("neither tokens nor tickets are logged", () => {
    for (const token of [client, none]) expect(server.output()).not.toContain(token.split(".")[2]!);
  });
});

describe("handshakes in open mode", () => {
  test("take whatever is shown, a ticket of this server too", async () => {
    const server = await startServer();
    try {
      const { status, body } = await call("POST", `${server.url}/api/tickets`);
      expect([status, body.expires_in]).toEqual([201, 30]);
      // Each in a room of its own: who left one may still be seated there.
      for (const [n, query] of ["", `&ticket=${body.ticket}`, "&ticket=rubbish"].entries()) {
        expect(await first(`${server.wsUrl}/signaling?roomId=r${n}${query}`)).toMatchObject({ type: "welcome" });
      }
    } finally {
      await server.stop();
    }
  });
});

test("a ticket of one node opens a socket at another, once", async () => {
  const redis = await startRedis();
  const settings = { AUTH_MODE: "token", JWT_SECRET: SECRET, FACES: "rooms", REDIS_URL: redis.url };
  const [one, other] = await Promise.all([startServer(settings), startServer(settings)]);
  try {
    const token = await sign({ scope: "client" });
    const { ticket } = (await call("POST", `${one.url}/api/tickets`, undefined, bearer(token))).body;
    const path = `/signaling?roomId=r&ticket=${ticket}`;
    const opened = await Promise.allSettled([first(one.wsUrl + path), first(other.wsUrl + path)]);
    expect(opened.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  } finally {
    await Promise.all([one.stop(), other.stop()]);
    await redis.stop();
  }
});
