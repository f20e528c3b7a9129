import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Cluster, Redis } from "ioredis";
import { eventually } from "../support/eventually.ts";
import { post } from "../support/http.ts";
import { startRedisCluster } from "../support/redis-cluster.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest, RawGuest } from "./rooms-client.ts";

const SERVED = { FACES: "host-pool,rooms", ROOM_CAPACITY: "3" };

/** How long a test may take that waits for a node to be taken for dead, in ms. */
const LONG_MS = 60_000;

let redis: RunningRedis;
const started: RunningServer[] = [];

beforeAll(async () => void (redis = await startRedis()));

afterAll(async () => {
  await Promise.all(started.map((server) => server.stop("SIGKILL")));
  await redis.stop();
});

/** Nodes of the cluster; tests that end some start their own. */
async function start(count: number, url = redis.url): Promise<RunningServer[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => startServer({ ...SERVED, REDIS_URL: url })));
  started.push(...servers);
  return servers;
}

let rooms = 0;
const newRoom = (): string => `room-${++rooms}`;

interface Return {
  readonly resume?: string;
  readonly received?: number;
}

function address(on: RunningServer, room: string, { resume, received }: Return = {}): string {
  const query = new URLSearchParams({ roomId: room });
  if (resume !== undefined) query.set("resume", resume);
  if (received !== undefined) query.set("received", `${received}`);
  return `${on.wsUrl}/signaling?${query}`;
}

const knock = (on: RunningServer, room: string, back: Return = {}): Guest => new Guest(address(on, room, back));

async function enter(on: RunningServer, room: string, back: Return = {}): Promise<Guest> {
  const guest = knock(on, room, back);
  await guest.welcomed();
  return guest;
}

/** Two peers at two nodes, in a room whose home is a third one, where nobody is connected. */
async function apart(home: RunningServer, first: RunningServer, later: RunningServer, room = newRoom()) {
  const opener = await enter(home, room);
  const one = await enter(first, room);
  const other = await enter(later, room);
  expect(await one.frame()).toEqual({ type: "peer-joined", peerId: other.id });
  opener.send({ type: "bye" });
  for (const guest of [one, other]) expect(await guest.frame()).toEqual({ type: "bye", from: opener.id });
  await opener.close();
  for (const guest of [one, other]) expect(await guest.frame()).toEqual({ type: "peer-left", peerId: opener.id });
  return { room, one, other };
}

describe.each([
  { adapter: "Redis", startStore: startRedis },
  { adapter: "Redis Cluster", startStore: startRedisCluster },
])("peers at different nodes on $adapter", ({ startStore }) => {
  let store: { readonly url: string; stop(): Promise<void> };
  let a: RunningServer;
  let b: RunningServer;
  let c: RunningServer;
  beforeAll(async () => {
    store = await startStore();
    [a, b, c] = (await start(3, store.url)) as [RunningServer, RunningServer, RunningServer];
  }, LONG_MS);
  afterAll(async () => {
    await Promise.all([a, b, c].map((server) => server.stop("SIGKILL")));
    await store.stop();
  });

  test("see each other arrive, talk and leave as at one node", async () => {
    const room = newRoom();
    const first = await enter(a, room);
    const later = knock(b, room);
    expect(await later.welcomed()).toMatchObject({ peers: [first.id], polite: true });
    expect(await first.frame()).toEqual({ type: "peer-joined", peerId: later.id });
    later.sendText('{"type":"offer","sdp":"v=0\\r\\n","n":1.0}');
    expect(await first.text()).toBe(`{"type":"offer","sdp":"v=0\\r\\n","n":1.0,"from":"${later.id}"}`);
    later.send({ type: "offer", to: "nobody" });
    expect(await later.frame()).toMatchObject({ type: "error", code: "peer_not_found" });
    later.sendText("{");
    expect(await later.frame()).toMatchObject({ type: "error", code: "bad_message" });
    later.send({ type: "bye" });
    expect(await first.frame()).toEqual({ type: "bye", from: later.id });
    await later.close();
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
  });

  test("find the room full wherever they are", async () => {
    const room = newRoom();
    for (const on of [a, b, c]) await enter(on, room);
    for (const on of [a, b, c]) {
      const fourth = knock(on, room);
      expect(await fourth.frame()).toMatchObject({ type: "error", code: "room_full" });
      expect(await fourth.closed()).toMatchObject({ code: 1013 });
    }
  });

  test("who all enter at once are in one room", async () => {
    const room = newRoom();
    const guests = await Promise.all([a, b, c].map((on) => enter(on, room)));
    const ids = guests.map(({ id }) => id);
    for (const guest of guests) {
      guest.send({ type: "offer", to: ids[(ids.indexOf(guest.id) + 1) % 3], of: guest.id });
    }
    for (const guest of guests) {
      let frame = await guest.frame();
      while (frame.type === "peer-joined") frame = await guest.frame();
      expect(frame).toMatchObject({ type: "offer", from: ids[(ids.indexOf(guest.id) + 2) % 3] });
    }
  });

  test("get 1,000 messages each way in order, over a home that is a third node", async () => {
    const { one, other } = await apart(c, a, b);
    const sdp = 'v=0\r\n"\\'.repeat(100);
    for (let n = 0; n < 1_000; n++) {
      one.send({ type: "ice-candidate", n, sdp });
      other.send({ type: "ice-candidate", n, sdp });
    }
    for (let n = 0; n < 1_000; n++) {
      expect(await other.frame()).toEqual({ type: "ice-candidate", n, sdp, from: one.id });
      expect(await one.frame()).toEqual({ type: "ice-candidate", n, sdp, from: other.id });
    }
    expect(await one.untilNow()).toEqual([]);
    expect(await other.untilNow()).toEqual([]);
  });

  test("may send before they are welcomed", async () => {
    const room = newRoom();
    const first = await enter(a, room);
    const eager = knock(b, room);
    await new Promise((open) => eager.socket.addEventListener("open", open));
    for (let n = 0; n < 20; n++) eager.send({ type: "offer", n });
    expect(await first.frame()).toMatchObject({ type: "peer-joined" });
    for (let n = 0; n < 20; n++) expect(await first.frame()).toMatchObject({ type: "offer", n });
  });

  test("come back over another node, and nobody notices", async () => {
    const { room, one, other } = await apart(c, a, b);
    const lost = new RawGuest(address(a, room, { resume: one.token, received: 4 }));
    expect(await lost.frame()).toEqual({ type: "resumed", recovered: false });
    await lost.welcomed();
    expect(await other.frame()).toEqual({ type: "peer-left", peerId: one.id });
    expect(await other.frame()).toEqual({ type: "peer-joined", peerId: lost.id });
    other.send({ type: "offer", n: 1 });
    expect(await lost.frame()).toMatchObject({ n: 1 });
    await lost.reset();
    other.send({ type: "offer", n: 2 });
    const back = knock(b, room, { resume: lost.token, received: 1 });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    expect(await back.frame()).toMatchObject({ type: "offer", n: 2 });
    back.send({ type: "answer" });
    expect(await other.frame()).toEqual({ type: "answer", from: lost.id });
    const again = knock(c, room, { resume: lost.token, received: 2 });
    expect(await again.frame()).toEqual({ type: "resumed", recovered: true });
    expect(await back.closed()).toMatchObject({ code: 4001 });
    expect(await other.untilNow()).toEqual([]);
  });

  test("a peer that reads too slowly is closed, and the others go on", async () => {
    const { room, one, other } = await apart(c, a, b);
    const slow = new RawGuest(address(b, room));
    await slow.welcomed();
    expect(await one.frame()).toMatchObject({ type: "peer-joined", peerId: slow.id });
    slow.stopReading();
    expect(await other.frame()).toMatchObject({ type: "peer-joined", peerId: slow.id });
    const sdp = "x".repeat(60_000);
    const left = one.frame();
    let next = other.frame();
    // Kernel buffers take the first megabytes. The other peer says when this much has got through.
    for (let n = 0; n < 2_000; n++) {
      one.send({ type: "offer", to: slow.id, sdp });
      if (n % 10 !== 0) continue;
      one.send({ type: "offer", to: other.id });
      if ((await next).type === "peer-left") break;
      next = other.frame();
    }
    expect(await left).toEqual({ type: "peer-left", peerId: slow.id });
    await slow.reset();
  });

  test("make a pool host busy that beats at yet another node, and idle again", async () => {
    const room = newRoom();
    const region = `region-${room}`;
    const find = async () => (await post(`${a.url}/api/match/find`, { region })).body as Record<string, unknown>;
    const beat = () => post(`${c.url}/api/host/heartbeat`, { hostId: `host-${room}`, roomId: room, region });
    await beat();
    const host = await enter(a, room);
    const player = await enter(b, room);
    expect(await host.frame()).toMatchObject({ type: "peer-joined" });
    await eventually("the host to be busy", async () => {
      const { body } = await post(`${b.url}/api/match/find`, { region });
      return (body as Record<string, unknown>)["found"] === false;
    });
    player.send({ type: "bye" });
    await player.close();
    await eventually("the host to be found again", async () => (await find())["found"]);
  });

  test("make a pool host busy that comes after them, at another node, within seconds", async () => {
    const room = newRoom();
    const region = `region-${room}`;
    for (const on of [a, b]) await enter(on, room);
    await post(`${c.url}/api/host/heartbeat`, { hostId: `host-${room}`, roomId: room, region });
    await eventually("the host to be busy", async () => (await shownOf(room))["status"] === "busy", 15_000);
  });

  const shownOf = async (room: string): Promise<Record<string, unknown>> => {
    const client = store.url.includes(",") ? new Cluster(store.url.split(",")) : new Redis(store.url);
    const shown = await client.get(`host:host-${room}`);
    client.disconnect();
    return JSON.parse(shown ?? "{}") as Record<string, unknown>;
  };
});

test(
  "a home that is killed ends its peers' connections 1012, and they meet again elsewhere",
  async () => {
    const [home, a, b] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
    const { room, one, other } = await apart(home, a, b);
    await home.stop("SIGKILL");
    // Nothing is sent: the death itself is noticed.
    for (const guest of [one, other]) expect(await guest.closed()).toMatchObject({ code: 1012 });
    const back = knock(a, room, { resume: one.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: false });
    await back.welcomed();
    const again = knock(b, room, { resume: other.token });
    expect(await again.frame()).toEqual({ type: "resumed", recovered: false });
    expect(await again.welcomed()).toMatchObject({ peers: [back.id] });
    expect(await back.frame()).toEqual({ type: "peer-joined", peerId: again.id });
  },
  LONG_MS,
);

test(
  "a home that is killed costs the sender its connection at once, never a message in silence",
  async () => {
    const [home, a, b] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
    const { one } = await apart(home, a, b);
    await home.stop("SIGKILL");
    one.send({ type: "offer" });
    expect(await one.closed()).toMatchObject({ code: 1012 });
  },
  LONG_MS,
);

test(
  "a gateway that is killed leaves a seat to which its peer comes back over another node, with all it missed",
  async () => {
    const [home, a, b] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
    const { room, one, other } = await apart(home, a, b);
    one.send({ type: "offer", n: 1 });
    expect(await other.frame()).toMatchObject({ n: 1 });
    await b.stop("SIGKILL");
    expect(await other.closed()).toMatchObject({ code: 1006 });
    one.send({ type: "offer", n: 2 });
    one.send({ type: "offer", n: 3 });
    // bye, peer-left and the first offer were received.
    const back = knock(a, room, { resume: other.token, received: 3 });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    for (const n of [2, 3]) expect(await back.frame()).toEqual({ type: "offer", n, from: one.id });
    expect(await one.untilNow()).toEqual([]);
  },
  LONG_MS,
);

test(
  "a home that is stopped and wakes ends its own peers too: no two nodes run one room",
  async () => {
    const [home, a, b] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
    const room = newRoom();
    const own = await enter(home, room);
    const one = await enter(a, room);
    expect(await own.frame()).toMatchObject({ type: "peer-joined" });
    process.kill(home.pid, "SIGSTOP");
    expect(await one.closed()).toMatchObject({ code: 1012 });
    const back = knock(b, room, { resume: one.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: false });
    expect(await back.welcomed()).toMatchObject({ peers: [] });
    // Waiting on the stopped node's socket, this is the first thing it hears on waking.
    own.send({ type: "offer", n: 1 });
    process.kill(home.pid, "SIGCONT");
    expect(await own.closed()).toMatchObject({ code: 1012 });
    const again = knock(home, room, { resume: own.token });
    expect(await again.frame()).toEqual({ type: "resumed", recovered: false });
    expect(await again.welcomed()).toMatchObject({ peers: [back.id] });
    expect(await back.frame()).toEqual({ type: "peer-joined", peerId: again.id });
  },
  LONG_MS,
);

describe("handshakes that lay before a stopped node, and that their clients have given up,", () => {
  /** Two peers, of whom one was connected to a node that is now stopped, and came back over another one. */
  async function backBesideSleeper(before: (sleeper: RunningServer, room: string, one: Guest) => Promise<void>) {
    const [home, sleeper, awake] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
    const room = newRoom();
    const other = await enter(home, room);
    const one = await enter(sleeper, room);
    expect(await other.frame()).toMatchObject({ type: "peer-joined" });
    process.kill(sleeper.pid, "SIGSTOP");
    await before(sleeper, room, one);
    const back = knock(awake, room, { resume: one.token, received: 0 });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    return { room, home, sleeper, other, one, back };
  }

  /** The handshake is in the hands of the system when this resolves. */
  async function giveUp(on: RunningServer, room: string, back: Return = {}): Promise<void> {
    const guest = new RawGuest(address(on, room, back));
    await guest.connected();
    guest.hangUp();
  }

  test.each([0, 2])(
    "take no seat from whoever came back elsewhere and got %d frames there",
    async (frames) => {
      const { other, one, back, sleeper } = await backBesideSleeper((on, room, { token }) =>
        giveUp(on, room, { resume: token, received: 0 }),
      );
      for (let n = 0; n < frames; n++) {
        other.send({ type: "offer", n });
        expect(await back.frame()).toMatchObject({ n });
      }
      process.kill(sleeper.pid, "SIGCONT");
      // It has come to its senses once it closes the connection that its peer left behind.
      expect(await one.closed()).toMatchObject({ code: 4001 });
      await knocked(sleeper);
      back.send({ type: "offer", n: 7 });
      expect(await other.frame()).toMatchObject({ n: 7, from: one.id });
      expect(await back.untilNow()).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "leave no seat taken for long that somebody else wants",
    async () => {
      const { room, sleeper, home, one, back, other } = await backBesideSleeper((on, name) => giveUp(on, name));
      process.kill(sleeper.pid, "SIGCONT");
      expect(await one.closed()).toMatchObject({ code: 4001 });
      await knocked(sleeper);
      const third = await eventually("there is a seat", () => seated(home, room), 2_000);
      for (const guest of [other, back]) {
        await eventually("it hears of the third", async () => (await guest.frame()).peerId === third.id);
      }
    },
    LONG_MS,
  );

  /** Null while the room is full. */
  async function seated(on: RunningServer, room: string): Promise<{ readonly id: string } | null> {
    const guest = knock(on, room);
    const answer = await guest.frame();
    if (answer.type === "welcome") return { id: answer["peerId"] as string };
    expect(answer).toMatchObject({ code: "room_full" });
    return null;
  }

  /** Whatever lay before the node before has been taken up. */
  async function knocked(on: RunningServer): Promise<void> {
    for (let n = 0; n < 3; n++) await (await enter(on, newRoom())).close();
  }
});

test("a home that goes down properly ends its rooms' connections everywhere, and they meet again at once", async () => {
  const [home, a, b] = (await start(3)) as [RunningServer, RunningServer, RunningServer];
  const { room, one, other } = await apart(home, a, b);
  const ended = home.stop();
  for (const guest of [one, other]) expect(await guest.closed()).toMatchObject({ code: 1012 });
  const back = await enter(a, room);
  const again = knock(b, room);
  expect(await again.welcomed()).toMatchObject({ peers: [back.id] });
  expect(await ended).toBe(0);
});

test(
  "without Redis, rooms whose peers are at one node go on, new ones open, and what cannot be passed on closes",
  async () => {
    const own = await startRedis();
    const servers = await Promise.all([0, 1].map(() => startServer({ ...SERVED, REDIS_URL: own.url })));
    started.push(...servers);
    const [a, b] = servers as [RunningServer, RunningServer];
    const room = newRoom();
    const [here, beside, there] = [await enter(a, room), await enter(a, room), await enter(b, room)];
    expect(await here.frame()).toMatchObject({ type: "peer-joined" });
    for (const guest of [here, beside]) expect(await guest.frame()).toMatchObject({ peerId: there.id });
    await own.stop();
    here.send({ type: "offer", to: beside.id });
    expect(await beside.frame()).toMatchObject({ type: "offer" });
    there.send({ type: "offer", to: here.id });
    expect(await there.closed()).toMatchObject({ code: 1012 });
    const alone = newRoom();
    const [first, later] = [await enter(b, alone), await enter(b, alone)];
    later.send({ type: "offer" });
    expect(await first.frame()).toMatchObject({ type: "peer-joined" });
    expect(await first.frame()).toMatchObject({ type: "offer" });
  },
  LONG_MS,
);
