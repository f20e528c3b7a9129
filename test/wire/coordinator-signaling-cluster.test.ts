import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openSession } from "../support/coordinator.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest } from "./rooms-client.ts";

const SDP = "v=0\r\no=- 123456789 2 IN IP4 127.0.0.1\r\n";

let postgres: RunningPostgres;
let redis: RunningRedis;
let settings: Record<string, string>;
let one: RunningServer;
let two: RunningServer;
let three: RunningServer;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  settings = { FACES: "coordinator", DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  [one, two, three] = (await Promise.all([1, 2, 3].map(() => startServer(settings)))) as [any, any, any];
}, 60_000);
afterAll(async () => {
  await Promise.all([one, two].map((node) => node.stop()));
  for (const { output } of [one, two, three]) expect(output()).not.toContain("v=0");
  await Promise.all([redis.stop(), postgres.stop()]);
});

const fresh = async (): Promise<string> => (await openSession(one.url)).id;
const signal = async (node: RunningServer, what: string, body: object): Promise<void> => {
  const answer = await post(`${node.url}/api/signaling/${what}`, body);
  expect(answer).toMatchObject({ status: 200 });
};
const offer = (node: RunningServer, session: string, peer: string, sdp: string, more = {}) =>
  signal(node, "offer", { session_id: session, peer_id: peer, sdp, ...more });
const fetchFrom = (node: RunningServer, what: string, session: string, query: string) =>
  call("GET", `${node.url}/api/signaling/${what}/${session}${query}`);
const socket = (node: RunningServer, session: string, peer: string, more = "") =>
  new Guest(`${node.wsUrl}/api/signaling/ws?session_id=${session}&peer_id=${peer}${more}`);
const waiting = (node: RunningServer, count: number) =>
  eventually(`${count} fetches wait`, async () =>
    (await (await fetch(`${node.url}/metrics`)).text()).includes(`rendezvous_signal_fetches_waiting ${count}\n`),
  );

/** A socket that has joined, and whom it has found there. */
async function joined(node: RunningServer, session: string, peer: string, more = "") {
  const guest = socket(node, session, peer, more);
  guest.socket.onopen = () => guest.send({ type: "join" });
  const { type, peers } = await guest.frame();
  expect(type).toBe("session-joined");
  return { guest, peers: (peers as string[]).toSorted() };
}

describe("over REST", () => {
  test("what is posted to one node is read from any, in one order, and goes on behind its cursors", async () => {
    const session = await fresh();
    for (const [at, node] of [one, two, three, one].entries()) await offer(node, session, `p${at}`, `${SDP}${at}`);
    const seen: string[][] = [];
    for (const node of [one, two, three]) {
      const sdps: string[] = [];
      for (let after = "0"; ;) {
        const { status, body } = await fetchFrom(node, "offer", session, `?peer_id=host&after=${after}`);
        if (status === 404) break;
        sdps.push(body.sdp);
        after = body.cursor;
      }
      seen.push(sdps);
    }
    const all = [0, 1, 2, 3].map((at) => `${SDP}${at}`);
    expect(seen).toEqual([all, all, all]);
  });

  test("a fetch that waits on one node is woken by a post to another", async () => {
    const session = await fresh();
    const answers = [
      fetchFrom(two, "offer", session, "?peer_id=host&after=0&wait=20"),
      fetchFrom(two, "ice-candidates", session, "?peer_id=host&after=0&wait=20"),
    ];
    await waiting(two, 2);
    const began = performance.now();
    await offer(three, session, "player", SDP, { to_peer_id: "host" });
    await signal(one, "ice-candidate", { session_id: session, peer_id: "player", candidate: "c" });
    const [description, candidates] = await Promise.all(answers);
    expect(description!.body).toMatchObject({ peer_id: "player", sdp: SDP });
    expect(candidates!.body.candidates).toMatchObject([{ peer_id: "player", candidate: "c" }]);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  test("a newer offer replaces the older one, whichever nodes they come to", async () => {
    const session = await fresh();
    await offer(one, session, "a", "old");
    await offer(two, session, "a", "new");
    const { body } = await fetchFrom(three, "offer", session, "?peer_id=b&after=0");
    expect(body.sdp).toBe("new");
    expect((await fetchFrom(three, "offer", session, `?peer_id=b&after=${body.cursor}`)).status).toBe(404);
  });

  test("a session that ends on one node ends its fetches and sockets on the others, and its mail", async () => {
    const session = await openSession(one.url);
    const { guest } = await joined(two, session.id, "a");
    await offer(one, session.id, "a", SDP);
    const fetched = fetchFrom(three, "answer", session.id, "?wait=20");
    await waiting(three, 1);
    await session.end();
    expect(await guest.closed()).toEqual({ code: 4004, reason: "session not found" });
    expect(await fetched).toMatchObject({ status: 404, body: { detail: `Session not found: ${session.id}` } });
  });
});

describe("over WebSockets", () => {
  test("peers on different nodes offer, answer and exchange candidates", async () => {
    const session = await fresh();
    const host = socket(one, session, "host");
    const player = socket(two, session, "player");
    player.socket.onopen = () => player.send({ type: "offer", to_peer_id: "host", sdp: SDP });
    expect(await host.frame()).toMatchObject({ type: "offer", peer_id: "player", sdp: SDP, polite: true });
    host.send({ type: "answer", to_peer_id: "player", sdp: SDP });
    for (let n = 0; n < 20; n++) host.send({ type: "ice-candidate", to_peer_id: "player", candidate: `c${n}` });
    expect(await player.frame()).toMatchObject({ type: "answer", peer_id: "host", sdp: SDP });
    for (let n = 0; n < 20; n++) expect(await player.frame()).toMatchObject({ candidate: `c${n}` });
    await Promise.all([host.close(), player.close()]);
  });

  test("who joins is answered with those on all nodes, and each is told once who comes and goes", async () => {
    const session = await fresh();
    const a = await joined(one, session, "a");
    const b = await joined(two, session, "b");
    const c = await joined(three, session, "c");
    expect([a.peers, b.peers, c.peers]).toEqual([[], ["a"], ["a", "b"]]);
    expect([await a.guest.frame(), await a.guest.frame(), await b.guest.frame()]).toMatchObject([
      { type: "peer-joined", peer_id: "b" },
      { type: "peer-joined", peer_id: "c" },
      { type: "peer-joined", peer_id: "c" },
    ]);
    c.guest.send({ type: "leave" });
    expect(await c.guest.frame()).toMatchObject({ type: "session-left" });
    for (const { guest } of [a, b]) expect(await guest.frame()).toEqual({ type: "peer-left", peer_id: "c" });
    await b.guest.close();
    expect(await a.guest.frame()).toEqual({ type: "peer-left", peer_id: "b" });
    await a.guest.close();
  });

  test("the same peer on another node takes over, and the others hear nothing of it", async () => {
    const session = await fresh();
    const a = await joined(one, session, "a");
    const first = await joined(two, session, "b");
    const second = await joined(three, session, "b");
    expect(await first.guest.closed()).toEqual({ code: 4001, reason: "replaced by a newer connection" });
    expect(second.peers).toEqual(["a"]);
    expect(await a.guest.frame()).toEqual({ type: "peer-joined", peer_id: "b" });
    await offer(two, session, "b", SDP, { to_peer_id: "a" });
    expect(await a.guest.frame()).toMatchObject({ type: "offer", peer_id: "b" });
    await second.guest.close();
    expect(await a.guest.frame()).toEqual({ type: "peer-left", peer_id: "b" });
    await a.guest.close();
  });

  test("the peers of a node that is killed leave, each once, and come back elsewhere to what they missed", async () => {
    const session = await fresh();
    const [a, b] = [await joined(one, session, "a"), await joined(two, session, "b")];
    const lost = [await joined(three, session, "c"), await joined(three, session, "d")];
    for (const guest of [a.guest, a.guest, a.guest, b.guest, b.guest]) {
      expect((await guest.frame()).type).toBe("peer-joined");
    }
    await offer(one, session, "a", "seen", { to_peer_id: "c" });
    const { cursor } = await lost[0]!.guest
      .frame()
      .then(async (frame) => (frame.type === "offer" ? frame : lost[0]!.guest.frame()));
    const killed = performance.now();
    await three.stop("SIGKILL");
    for (const { guest } of [a, b]) {
      const left = [await guest.frame(), await guest.frame()].map(({ type, peer_id }) => `${type} ${peer_id}`);
      expect(left.toSorted()).toEqual(["peer-left c", "peer-left d"]);
    }
    expect(performance.now() - killed).toBeLessThan(10_500);

    await offer(two, session, "b", "missed", { to_peer_id: "c" });
    const again = socket(two, session, "c", `&after=${cursor}`);
    expect(await again.frame()).toMatchObject({ type: "offer", sdp: "missed" });
    again.send({ type: "join" });
    expect(await again.frame()).toMatchObject({ type: "session-joined", peers: expect.arrayContaining(["a", "b"]) });
    for (const { guest } of [a, b]) {
      expect(await guest.frame()).toEqual({ type: "peer-joined", peer_id: "c" });
      await guest.close();
    }
    await again.close();
  }, 30_000);

  test("the peers of a node that goes down leave at once, and are told to come back", async () => {
    const going = await startServer(settings);
    const session = await fresh();
    const a = await joined(one, session, "a");
    const b = await joined(going, session, "b");
    expect(await a.guest.frame()).toEqual({ type: "peer-joined", peer_id: "b" });
    const began = performance.now();
    const ended = going.stop();
    expect((await b.guest.closed()).code).toBe(1012);
    expect(await a.guest.frame()).toEqual({ type: "peer-left", peer_id: "b" });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await ended).toBe(0);
    await a.guest.close();
  });
});

describe("while Redis is away", () => {
  let own: RunningRedis;
  let left: RunningServer;
  let right: RunningServer;
  beforeAll(async () => {
    own = await startRedis();
    const apart = { ...settings, DATABASE_URL: await postgres.createDatabase(), REDIS_URL: own.url };
    [left, right] = (await Promise.all([1, 2].map(() => startServer(apart)))) as [any, any];
  }, 60_000);
  afterAll(async () => {
    await Promise.all([left.stop(), right.stop()]);
    await own.stop();
  });

  test("signaling is refused at once, sockets stay, and go on when it is back, even empty", async () => {
    const session = (await openSession(left.url)).id;
    const [a, b] = [await joined(left, session, "a"), await joined(right, session, "b")];
    expect(await a.guest.frame()).toEqual({ type: "peer-joined", peer_id: "b" });
    await own.stop();

    const body = { session_id: session, peer_id: "x", sdp: SDP };
    const began = performance.now();
    expect((await post(`${left.url}/api/signaling/offer`, body)).status).toBe(503);
    expect((await fetchFrom(right, "offer", session, "?wait=20")).status).toBe(503);
    const refused = socket(right, session, "c");
    expect(await refused.frame()).toMatchObject({ type: "error", detail: expect.stringContaining("store") });
    expect(await refused.closed()).toEqual({ code: 1013, reason: "try again later" });
    a.guest.send({ type: "offer", to_peer_id: "b", sdp: SDP });
    expect(await a.guest.frame()).toMatchObject({ type: "error", detail: expect.stringContaining("store") });
    expect(performance.now() - began).toBeLessThan(10_000);

    own = await startRedis(own.port);
    await eventually("signaling is taken again", async () => {
      const { status } = await post(`${left.url}/api/signaling/offer`, { ...body, to_peer_id: "b", peer_id: "a" });
      return status === 200;
    });
    expect(await b.guest.frame()).toMatchObject({ type: "offer", peer_id: "a" });
    const c = await joined(right, session, "c");
    expect(await b.guest.frame()).toEqual({ type: "peer-joined", peer_id: "c" });
    expect(await a.guest.frame()).toEqual({ type: "peer-joined", peer_id: "c" });
    await c.guest.close();
    await b.guest.close();
    const gone = [await a.guest.frame(), await a.guest.frame()].map(({ type, peer_id }) => `${type} ${peer_id}`);
    expect(gone.toSorted()).toEqual(["peer-left b", "peer-left c"]);
    await a.guest.close();
  }, 60_000);
});
