import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectChat } from "../support/chat-client.ts";
import { documented } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { bearer, SECRET, sign } from "../support/tokens.ts";

const TURN = { STUN_URLS: "stun:stun.example.org", TURN_URLS: "turn:turn.example.org", TURN_SECRET: "north" };

let people = 0;

/** Somebody whom the server has never heard of. */
async function somebody(claims: Record<string, unknown>): Promise<{ readonly id: string; readonly token: string }> {
  const id = `somebody-${++people}`;
  return { id, token: await sign({ player_id: id, host_id: id, ...claims }, id) };
}

const hasTurn = (list: readonly { urls: string }[]): boolean => list.some(({ urls }) => urls.startsWith("turn:"));

describe("TURN credentials with AUTH_MODE=token", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({
      AUTH_MODE: "token",
      JWT_SECRET: SECRET,
      SIGNUP: "open",
      ALLOCATION_SECONDS: "1",
      RATE_LIMIT_PER_MINUTE: "0",
      ...TURN,
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const ask = (token: string) => call("GET", `${server.url}/api/ice-servers`, undefined, bearer(token));
  const given = async (token: string): Promise<boolean> => {
    const { status, body } = await ask(token);
    if (status === 200) return hasTurn(body.iceServers);
    expect([status, body]).toEqual([403, { error: "not_matched", message: expect.any(String) }]);
    return false;
  };
  const as = async (token: string, path: string, body: unknown): Promise<any> => {
    const answer = await call("POST", server.url + path, body, bearer(token));
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  /** A peer in a room, and what it hears. */
  const enter = async (room: string, token: string) => {
    const socket = new WebSocket(`${server.wsUrl}/signaling?roomId=${room}&access_token=${token}`);
    const heard: any[] = [];
    socket.onmessage = ({ data }) => void heard.push(JSON.parse(String(data)));
    await eventually("a welcome", () => heard.length > 0);
    return { heard, leave: () => socket.close(1000) };
  };

  test("are refused to whoever has not been matched, and to nobody else's name", async () => {
    const { token } = await somebody({ scope: "client" });
    expect(await given(token)).toBe(false);
    expect((await call("GET", `${server.url}/api/ice-servers`)).status).toBe(401);
    expect(await given(await sign({ scope: "admin" }))).toBe(true);
  });

  test("are given with a found host, and for as long as it is kept", async () => {
    const [rack, client] = [await somebody({ scope: "host" }), await somebody({ scope: "client" })];
    await as(rack.token, "/api/host/heartbeat", { hostId: rack.id, roomId: `room-${rack.id}`, region: rack.id });
    const found = await as(client.token, "/api/match/find", { region: rack.id });
    expect([hasTurn(found.iceServers), await given(client.token), await given(rack.token)]).toEqual([
      true,
      true,
      false,
    ]);
    await eventually("the allocation lapses", async () => !(await given(client.token)));
  });

  test("are not given to one who finds its own host, but to the next who finds it", async () => {
    const solo = await somebody({ scope: "host client" });
    const client = await somebody({ scope: "client" });
    const beat = { hostId: solo.id, roomId: `room-${solo.id}`, region: solo.id };
    await as(solo.token, "/api/host/heartbeat", beat);
    // Another token of the same subject is the same caller.
    const found = await as(await sign({ scope: "client" }, solo.id), "/api/match/find", { region: solo.id });
    expect(found).toMatchObject({ found: true, iceServers: [{ urls: "stun:stun.example.org" }] });
    expect([hasTurn(found.iceServers), await given(solo.token)]).toEqual([false, false]);
    await as(solo.token, "/api/host/status", { hostId: solo.id, status: "idle" });
    expect(hasTurn((await as(client.token, "/api/match/find", { region: solo.id })).iceServers)).toBe(true);
  });

  test("are given to peers of a room when the second comes, until it leaves", async () => {
    const [one, two] = [await somebody({ scope: "client" }), await somebody({ scope: "client" })];
    const first = await enter("room", one.token);
    expect(first.heard[0]).toMatchObject({ type: "welcome", iceServers: [{ urls: "stun:stun.example.org" }] });
    expect(hasTurn(first.heard[0].iceServers)).toBe(false);
    expect(await given(one.token)).toBe(false);
    const second = await enter("room", two.token);
    expect(hasTurn(second.heard[0].iceServers)).toBe(true);
    await eventually("the first hears of the second", () => first.heard.length === 2);
    expect(first.heard[1]).toMatchObject({ type: "peer-joined", peerId: second.heard[0].peerId });
    expect(hasTurn(first.heard[1].iceServers)).toBe(true);
    await eventually("both are matched", async () => (await given(one.token)) && (await given(two.token)));
    second.leave();
    await eventually("neither is matched any more", async () => !(await given(one.token)) && !(await given(two.token)));
    first.leave();
  });

  test("are not given to one who sits in a room with itself", async () => {
    const { token } = await somebody({ scope: "client" });
    const [first, second] = [await enter("own", token), await enter("own", token)];
    await eventually("the first hears of the second", () => first.heard.length === 2);
    expect([hasTurn(second.heard[0].iceServers), first.heard[1].iceServers, await given(token)]).toEqual([
      false,
      undefined,
      false,
    ]);
    first.leave();
    second.leave();
  });

  test("are given to the peers of a coordinator's session", async () => {
    const [rack, player, listener] = [
      await somebody({ scope: "host" }),
      await somebody({ scope: "client" }),
      await somebody({ scope: "client" }),
    ];
    const admin = await sign({ scope: "admin" });
    await as(rack.token, "/api/hosts", { ...documented.host, host_id: rack.id, player_id: `of-${rack.id}` });
    await as(admin, "/api/zones", { ...documented.zone, zone_id: `zone-${rack.id}` });
    const opening = { host_id: rack.id, zone_id: `zone-${rack.id}`, max_players: 4 };
    const { session_id } = await as(rack.token, "/api/sessions", opening);
    expect([await given(rack.token), await given(player.token)]).toEqual([false, false]);
    await as(player.token, `/api/sessions/${session_id}/players`, { player_id: player.id });
    expect(await given(player.token)).toBe(true);
    await as(rack.token, "/api/signaling/offer", { session_id, peer_id: rack.id, sdp: "v=0" });
    expect(await given(rack.token)).toBe(true);

    await as(admin, `/api/sessions/${session_id}/players`, { player_id: listener.id });
    expect(await given(listener.token)).toBe(false);
    const query = `peer_id=${listener.id}&session_id=${session_id}&access_token=${listener.token}`;
    const socket = new WebSocket(`${server.wsUrl}/api/signaling/ws?${query}`);
    await eventually("the listener is matched", () => given(listener.token));
    socket.close();
    await eventually("the listener is matched no more", async () => !(await given(listener.token)));
  });

  test("are given to the players of a match, not to one who waits", async () => {
    const [one, two] = [await somebody({ scope: "client" }), await somebody({ scope: "client" })];
    const { queue_id } = await as(one.token, "/queue/join", { connect_code: one.id });
    expect(await given(one.token)).toBe(false);
    await as(two.token, "/queue/join", { connect_code: two.id });
    expect([await given(one.token), await given(two.token)]).toEqual([false, true]);
    await call("GET", `${server.url}/queue/${queue_id}`, undefined, bearer(one.token));
    expect(await given(one.token)).toBe(true);
  });

  test("are not given to one who plays a match against itself", async () => {
    const codes = [crypto.randomUUID(), crypto.randomUUID()];
    const token = await sign({ scope: "client", player_id: codes }, "alone in the arena");
    for (const connect_code of codes) await as(token, "/queue/join", { connect_code });
    expect(await given(token)).toBe(false);
  });

  test("are not given to one who chats with itself", async () => {
    const { token } = await somebody({ scope: "client" });
    const [a, b] = [
      await connectChat(server.url, { auth: { token } }),
      await connectChat(server.url, { auth: { token } }),
    ];
    a.send("join", { name: "A", age: 30, gender: "male" });
    await a.next("waiting");
    b.send("join", { name: "B", age: 30, gender: "female" });
    const [heard] = await Promise.all([a.next("matched"), b.next("matched")]);
    expect(JSON.stringify(heard)).not.toContain("subject");
    expect(await given(token)).toBe(false);
    a.close();
    b.close();
  });

  test("are given to a chat's partners until they part", async () => {
    const [one, two] = [await somebody({ scope: "client" }), await somebody({ scope: "client" })];
    const [a, b] = [
      await connectChat(server.url, { auth: { token: one.token } }),
      await connectChat(server.url, { auth: { token: two.token } }),
    ];
    a.send("join", { name: "A", age: 30, gender: "male" });
    await a.next("waiting");
    expect(await given(one.token)).toBe(false);
    b.send("join", { name: "B", age: 30, gender: "female" });
    await Promise.all([a.next("matched"), b.next("matched")]);
    await eventually("both are matched", async () => (await given(one.token)) && (await given(two.token)));
    b.close();
    await a.next("partner-disconnected");
    await eventually("neither is matched any more", async () => !(await given(one.token)) && !(await given(two.token)));
    a.close();
  });

  test("are given to a person with a device online and a contact, by the token of the account", async () => {
    const signUp = async (name: string) => {
      const email = `${name}-${process.pid}@example.com`;
      const body = { email, password: "correct horse battery" };
      return { email, token: (await call("POST", `${server.url}/api/auth/signup`, body)).body.token as string };
    };
    const [ann, ben] = [await signUp("ann"), await signUp("ben")];
    const jwt = await sign({ scope: "", email: ann.email }, "ann elsewhere");
    expect([await given(ann.token), await given(jwt)]).toEqual([false, false]);
    const socket = new WebSocket(`${server.wsUrl}/socket/`);
    const heard: any[] = [];
    socket.onmessage = ({ data }) => void heard.push(JSON.parse(String(data)));
    socket.onopen = () =>
      socket.send(
        JSON.stringify({ event: "register", from_email: ann.email, from_token: ann.token, from_device: "phone" }),
      );
    // No second token: the first message is enough.
    await eventually("the device registers", () =>
      heard.some(({ event, status }) => event === "register" && status === "ok"),
    );
    expect(await given(ann.token)).toBe(false);
    await as(ann.token, "/api/contacts/request", { email: ben.email });
    await as(ben.token, "/api/contacts/accept", { email: ann.email });
    expect([await given(ann.token), await given(jwt), await given(ben.token)]).toEqual([true, true, false]);
    // The account opens nothing else.
    expect((await call("GET", `${server.url}/leaderboard`, undefined, bearer(ann.token))).status).toBe(401);
    socket.close();
    await eventually("the device has gone", async () => !(await given(ann.token)));
  });
});

describe("TURN credentials in open mode", () => {
  test("are given to whoever asks, and in each welcome", async () => {
    const server = await startServer(TURN);
    try {
      expect(hasTurn((await call("GET", `${server.url}/api/ice-servers`)).body.iceServers)).toBe(true);
      const socket = new WebSocket(`${server.wsUrl}/signaling?roomId=r`);
      const welcome = await new Promise<any>((heard) => {
        socket.onmessage = ({ data }) => heard(JSON.parse(String(data)));
      });
      expect(hasTurn(welcome.iceServers)).toBe(true);
      socket.close();
    } finally {
      await server.stop();
    }
  });
});
