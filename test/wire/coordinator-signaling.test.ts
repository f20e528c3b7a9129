import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { openSession } from "../support/coordinator.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest, RawGuest } from "./rooms-client.ts";

const OFFER = "v=0\r\no=- 123456789 2 IN IP4 127.0.0.1\r\ns=-\r\n";
const ANSWER = "v=0\r\no=- 987654321 2 IN IP4 127.0.0.1\r\ns=-\r\n";
const CANDIDATE = "candidate:1 1 UDP 2130706431 192.168.1.100 54321 typ host";

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: "trace" });
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  for (const secret of ["v=0", "typ host", "987654321"]) expect(server.output()).not.toContain(secret);
});

const signal = (what: string, body: object) => post(`${server.url}/api/signaling/${what}`, body);
const fetchFrom = (what: string, session: string, query = "") =>
  call("GET", `${server.url}/api/signaling/${what}/${encodeURIComponent(session)}${query}`);
const offer = (session: string, peer: string, sdp = OFFER, more = {}) =>
  signal("offer", { session_id: session, peer_id: peer, sdp, ...more });
const candidate = (session: string, peer: string, text: string, more = {}) =>
  signal("ice-candidate", { session_id: session, peer_id: peer, candidate: text, ...more });
const fresh = async (): Promise<string> => (await openSession(server.url)).id;

const socketAt = (query: string, prefix = "/api") => new Guest(`${server.wsUrl}${prefix}/signaling/ws?${query}`);
const socket = (session: string, peer: string, more = "") => socketAt(`session_id=${session}&peer_id=${peer}${more}`);

/** A socket that is known to listen: what is posted from now on comes behind the answer to its join. */
async function joined(session: string, peer: string, more = ""): Promise<Guest> {
  const guest = socket(session, peer, more);
  await opened(guest);
  guest.send({ type: "join" });
  expect(await guest.frame()).toMatchObject({ type: "session-joined", session_id: session });
  return guest;
}

function opened(guest: Guest): Promise<void> {
  return new Promise((done) => (guest.socket.onopen = () => done()));
}

describe("the document's examples", () => {
  test("an offer, its answer, and candidates, under both prefixes and with a slash behind", async () => {
    for (const prefix of ["/api", "/api/v1"]) {
      const session_id = await fresh();
      const at = `${server.url}${prefix}/signaling`;
      const to = (what: string, body: object) => post(`${at}/${what}`, { session_id, ...body });
      expect(await to("offer", { peer_id: "peer-12345", sdp: OFFER })).toMatchObject({
        status: 200,
        body: { message: "Offer created successfully" },
      });
      const read = await call("GET", `${at}/offer/${session_id}`);
      expect(read).toMatchObject({ status: 200, body: { peer_id: "peer-12345", sdp: OFFER } });
      expect(Object.keys(read.body)).toEqual(["peer_id", "sdp"]);
      expect(read.headers.get("cache-control")).toBe("no-store");

      expect((await to("answer/", { peer_id: "peer-67890", sdp: ANSWER })).body).toEqual({
        message: "Answer created successfully",
      });
      const answer = await call("GET", `${at}/answer/${session_id}/`);
      expect(answer.body).toEqual({ peer_id: "peer-67890", sdp: ANSWER });
      expect((await to("ice-candidate", { peer_id: "peer-12345", candidate: CANDIDATE })).body).toEqual({
        message: "ICE candidate added successfully",
      });
    }
  });

  test("nothing there yet is 404 with a detail", async () => {
    const session = await fresh();
    for (const what of ["offer", "answer"]) {
      const { status, body } = await fetchFrom(what, session);
      expect({ status, body }).toEqual({ status: 404, body: { detail: `No ${what} found for session: ${session}` } });
    }
  });

  test("reading gives the newest and consumes nothing", async () => {
    const session = await fresh();
    await offer(session, "a", "old");
    await offer(session, "b", "new");
    expect((await fetchFrom("offer", session)).body).toEqual({ peer_id: "b", sdp: "new" });
    expect((await fetchFrom("offer", session)).body).toEqual({ peer_id: "b", sdp: "new" });
  });

  test("a description arrives byte for byte", async () => {
    const session = await fresh();
    const sdp = "v=0\r\n\ta=x:\"é🎮\\u0041\u2028\u0000'\\\r\n\r\n ";
    await offer(session, "a", sdp);
    expect((await fetchFrom("offer", session)).body.sdp).toBe(sdp);
    await candidate(session, "a", sdp);
    expect((await fetchFrom("ice-candidates", session)).body.candidates[0].candidate).toBe(sdp);
  });

  test("only the public id of an open session will do", async () => {
    const ended = await openSession(server.url);
    await offer(ended.id, "a");
    await ended.end();
    const unknown = [ended.id, String(ended.number), "nope", "a b/ü'\"🎮%"];
    for (const session of unknown) {
      const notFound = { status: 404, body: { detail: `Session not found: ${session}` } };
      expect(await offer(session, "a")).toMatchObject(notFound);
      expect(await signal("answer", { session_id: session, peer_id: "a", sdp: ANSWER })).toMatchObject(notFound);
      expect(await candidate(session, "a", CANDIDATE)).toMatchObject(notFound);
      for (const what of ["offer", "answer", "ice-candidates"]) {
        expect(await fetchFrom(what, session)).toMatchObject(notFound);
        expect(await fetchFrom(what, session, "?wait=20")).toMatchObject(notFound);
      }
    }
  });
});

describe("several peers", () => {
  test("each reads what is for it, never its own, and learns who gives way", async () => {
    const session = await fresh();
    await offer(session, "host", "for p1", { to_peer_id: "p1" });
    await offer(session, "host", "for p2", { to_peer_id: "p2" });
    await offer(session, "p2", "from p2");
    expect((await fetchFrom("offer", session, "?peer_id=p1&after=0")).body).toEqual({
      peer_id: "host",
      sdp: "for p1",
      to_peer_id: "p1",
      polite: false,
      cursor: expect.stringMatching(/^\d+$/),
    });
    expect((await fetchFrom("offer", session, "?peer_id=p2")).body).toMatchObject({ sdp: "for p2", polite: false });
    expect((await fetchFrom("offer", session, "?peer_id=host")).body).toMatchObject({ sdp: "from p2", polite: true });
    expect((await fetchFrom("offer", session, "?to_peer_id=p1")).body).toMatchObject({ sdp: "for p1", polite: null });
    expect((await fetchFrom("offer", session, "?peer_id=host&to_peer_id=host")).status).toBe(404);
  });

  test("a host gets one offer after the other by their cursors", async () => {
    const session = await fresh();
    for (const peer of ["p1", "p2", "p3"]) await offer(session, peer, `of ${peer}`, { to_peer_id: "host" });
    await offer(session, "p1", "of p1 again", { to_peer_id: "host" });
    const seen: string[] = [];
    for (let after = "0"; ;) {
      const { status, body } = await fetchFrom("offer", session, `?peer_id=host&after=${after}`);
      if (status === 404) break;
      seen.push(body.sdp);
      after = body.cursor;
    }
    expect(seen).toEqual(["of p2", "of p3", "of p1 again"]);
  });

  test("of two offers that cross, the one that gave way is gone once its peer has answered", async () => {
    const session = await fresh();
    await offer(session, "a", "a's", { to_peer_id: "b" });
    await offer(session, "b", "b's", { to_peer_id: "a" });
    expect((await fetchFrom("offer", session, "?peer_id=a")).body).toMatchObject({ sdp: "b's", polite: true });
    expect((await fetchFrom("offer", session, "?peer_id=b")).body).toMatchObject({ sdp: "a's", polite: false });
    await signal("answer", { session_id: session, peer_id: "a", to_peer_id: "b", sdp: ANSWER });
    expect((await fetchFrom("offer", session, "?peer_id=b&after=0")).status).toBe(404);
    expect((await fetchFrom("answer", session, "?peer_id=b&after=0")).body).toMatchObject({
      peer_id: "a",
      sdp: ANSWER,
    });
    expect((await fetchFrom("offer", session, "?peer_id=a")).body.sdp).toBe("b's");
  });

  test("candidates come in order, whole, and go on behind the cursor", async () => {
    const session = await fresh();
    expect((await fetchFrom("ice-candidates", session)).body).toEqual({ candidates: [], cursor: "0" });
    await candidate(session, "a", "1", { sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "u" });
    await candidate(session, "a", "2", { to_peer_id: "b", sdpMid: null });
    await candidate(session, "a", "for c", { to_peer_id: "c" });
    await candidate(session, "b", "own");
    await candidate(session, "a", "");
    const { body } = await fetchFrom("ice-candidates", session, "?peer_id=b");
    const none = { sdpMid: null, sdpMLineIndex: null, usernameFragment: null };
    expect(body).toEqual({
      candidates: [
        { peer_id: "a", to_peer_id: null, candidate: "1", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "u" },
        { peer_id: "a", to_peer_id: "b", candidate: "2", ...none },
        { peer_id: "a", to_peer_id: null, candidate: "", ...none },
      ],
      cursor: expect.stringMatching(/^\d+$/),
    });
    const later = `?peer_id=b&after=${body.cursor}`;
    expect((await fetchFrom("ice-candidates", session, later)).body).toEqual({ candidates: [], cursor: body.cursor });
    await candidate(session, "a", "3");
    const next = (await fetchFrom("ice-candidates", session, later)).body;
    expect(next.candidates.map((one: any) => one.candidate)).toEqual(["3"]);
  });

  test("more candidates than one answer brings follow behind its cursor", async () => {
    const session = await fresh();
    const all = Array.from({ length: 300 }, (_, n) => `${n}`);
    for (const text of all) await candidate(session, "a", text);
    const first = (await fetchFrom("ice-candidates", session, "?peer_id=b")).body;
    const second = (await fetchFrom("ice-candidates", session, `?peer_id=b&after=${first.cursor}`)).body;
    expect([...first.candidates, ...second.candidates].map((one: any) => one.candidate)).toEqual(all);
  });
});

describe("waiting", () => {
  /** Waits until this many fetches wait, so that what is posted next is what ends them. */
  const waiting = (count: number) =>
    eventually(`${count} fetches wait`, async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return metrics.includes(`rendezvous_signal_fetches_waiting ${count}\n`);
    });

  test("is answered the moment something comes", async () => {
    const session = await fresh();
    const answers = ["offer", "answer", "ice-candidates"].map((what) =>
      fetchFrom(what, session, "?peer_id=b&after=0&wait=20"),
    );
    await waiting(3);
    await offer(session, "b", "own");
    await offer(session, "a", "the offer");
    await signal("answer", { session_id: session, peer_id: "a", sdp: "the answer" });
    await candidate(session, "a", "the candidate");
    const [one, two, three] = await Promise.all(answers);
    expect(one!.body).toMatchObject({ peer_id: "a", sdp: "the offer" });
    expect(two!.body).toMatchObject({ peer_id: "a", sdp: "the answer" });
    expect(three!.body.candidates).toMatchObject([{ peer_id: "a", candidate: "the candidate" }]);
  });

  test("in vain is answered as if nothing had been waited for", async () => {
    const session = await fresh();
    expect((await fetchFrom("offer", session, "?wait=0.05")).status).toBe(404);
    expect((await fetchFrom("ice-candidates", session, "?after=7&wait=0.05")).body).toEqual({
      candidates: [],
      cursor: "7",
    });
  });

  test("ends when the client goes away", async () => {
    const session = await fresh();
    const client = new AbortController();
    const gone = fetch(`${server.url}/api/signaling/offer/${session}?wait=20`, { signal: client.signal });
    await waiting(1);
    client.abort();
    await expect(gone).rejects.toThrow();
    await waiting(0);
  });

  test("ends with the session", async () => {
    const session = await openSession(server.url);
    const answer = fetchFrom("offer", session.id, "?wait=20");
    await waiting(1);
    await session.end();
    expect((await answer).body).toEqual({ detail: `Session not found: ${session.id}` });
  });

  test("ends at once when the session's host unregisters", async () => {
    const session = await openSession(server.url);
    const began = performance.now();
    const answers = ["offer", "ice-candidates"].map((what) => fetchFrom(what, session.id, "?after=0&wait=20"));
    await waiting(2);
    await call("DELETE", `${server.url}/api/hosts/${session.hostId}`);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ status: 404, body: { detail: `Session not found: ${session.id}` } });
    }
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("ends when the server drains, which goes down without delay", async () => {
    const going = await startServer();
    const { id } = await openSession(going.url);
    const waits = ["offer", "ice-candidates"].map((what) => fetch(`${going.url}/api/signaling/${what}/${id}?wait=25`));
    const guest = new Guest(`${going.wsUrl}/api/signaling/ws?peer_id=a&session_id=${id}`);
    await opened(guest);
    await eventually("both wait", async () => {
      const metrics = await (await fetch(`${going.url}/metrics`)).text();
      return metrics.includes("rendezvous_signal_fetches_waiting 2\n");
    });
    const ended = going.stop();
    expect((await Promise.all(waits)).map(({ status }) => status)).toEqual([404, 200]);
    expect(await guest.closed()).toEqual({ code: 1012, reason: "server restarting" });
    expect(await ended).toBe(0);
  });
});

describe("bad input", () => {
  const long = "x".repeat(257);

  test.each([
    ["session_id", { session_id: undefined }],
    ["session_id", { session_id: 1 }],
    ["session_id", { session_id: long }],
    ["peer_id", { peer_id: undefined }],
    ["peer_id", { peer_id: "" }],
    ["peer_id", { peer_id: long }],
    ["peer_id", { peer_id: "\ud800" }],
    ["peer_id", { peer_id: "a\u0000" }],
    ["to_peer_id", { to_peer_id: 7 }],
    ["to_peer_id", { to_peer_id: "" }],
    ["sdp", { sdp: undefined }],
    ["sdp", { sdp: "" }],
    ["sdp", { sdp: { type: "offer", sdp: "v=0" } }],
  ])("an offer with a bad %s is 400 and names it (%j)", async (field, change) => {
    const body = { session_id: "s", peer_id: "a", sdp: OFFER, ...change };
    for (const what of ["offer", "answer"]) {
      const { status, body: answer } = await signal(what, body);
      expect(status).toBe(400);
      expect(answer).toEqual({ detail: expect.stringContaining(field) });
    }
  });

  test.each([
    ["candidate", { candidate: undefined }],
    ["candidate", { candidate: null }],
    ["sdpMid", { sdpMid: 0 }],
    ["sdpMid", { sdpMid: long }],
    ["sdpMLineIndex", { sdpMLineIndex: -1 }],
    ["sdpMLineIndex", { sdpMLineIndex: 65_536 }],
    ["sdpMLineIndex", { sdpMLineIndex: 0.5 }],
    ["sdpMLineIndex", { sdpMLineIndex: "0" }],
    ["usernameFragment", { usernameFragment: {} }],
  ])("a candidate with a bad %s is 400 and names it (%j)", async (field, change) => {
    const { status, body } = await signal("ice-candidate", {
      session_id: "s",
      peer_id: "a",
      candidate: "c",
      ...change,
    });
    expect(status).toBe(400);
    expect(body).toEqual({ detail: expect.stringContaining(field) });
  });

  test.each([
    ["after", "after=-1"],
    ["after", "after=1.5"],
    ["after", "after=x"],
    ["after", "after=99999999999999999"],
    ["after", "after=9999999999999999"],
    ["wait", "wait=-1"],
    ["wait", "wait=NaN"],
    ["wait", "wait=Infinity"],
    ["wait", "wait=1e3"],
    ["peer_id", `peer_id=${long}`],
    ["to_peer_id", `to_peer_id=${long}`],
  ])("a query with a bad %s is 400 and names it (%s)", async (field, query) => {
    const session = await fresh();
    for (const what of ["offer", "answer", "ice-candidates"]) {
      const { status, body } = await fetchFrom(what, session, `?${query}`);
      expect(status).toBe(400);
      expect(body).toEqual({ detail: expect.stringContaining(field) });
    }
  });

  test("empty parameters count as left out, unknown ones and fields are ignored", async () => {
    const session = await fresh();
    await offer(session, "a", OFFER, { type: "offer", extra: [1] });
    const { body } = await fetchFrom("offer", session, "?peer_id=&to_peer_id=&after=&wait=&x=1");
    expect(body).toEqual({ peer_id: "a", sdp: OFFER });
  });

  test("ids may hold anything", async () => {
    const session = await fresh();
    const peer = "a/b'c\"d\\ <é> 🎮 %2F";
    await offer(session, peer, OFFER, { to_peer_id: "b" });
    expect((await fetchFrom("offer", session)).body.peer_id).toBe(peer);
    expect((await fetchFrom("offer", session, `?peer_id=${encodeURIComponent(peer)}`)).status).toBe(404);
  });

  test("too much is refused in the face's words, and what lies there stays", async () => {
    const session = await fresh();
    expect(await offer(session, "a", "x".repeat(70_000))).toMatchObject({
      status: 413,
      body: { detail: expect.any(String) },
    });
    const large = "x".repeat(60_000);
    let sent = 0;
    let last = await candidate(session, "a", large);
    for (; last.status === 200; sent++) last = await candidate(session, "a", large);
    expect(last).toMatchObject({ status: 429, body: { detail: expect.stringContaining("posted too much") } });
    expect(sent).toBe(Math.floor((4 * 1024 * 1024) / 60_000));
    expect((await candidate(session, "b", "small")).status).toBe(200);
    expect((await fetchFrom("ice-candidates", session)).body.candidates.length).toBe(sent + 1);
  });
});

describe("the WebSocket", () => {
  test("hears what REST posts, and REST reads what it sends", async () => {
    const session = await fresh();
    const a = await joined(session, "a");
    await offer(session, "b", OFFER, { to_peer_id: "a" });
    const heard = await a.frame();
    expect(heard).toEqual({
      type: "offer",
      peer_id: "b",
      from: "b",
      to_peer_id: "a",
      sdp: OFFER,
      polite: true,
      cursor: expect.stringMatching(/^\d+$/),
    });
    a.send({ type: "answer", to_peer_id: "b", sdp: ANSWER });
    a.send({ type: "ice-candidate", peer_id: "a", candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 });
    const answer = await fetchFrom("answer", session, "?peer_id=b&after=0&wait=10");
    expect(answer.body).toMatchObject({ peer_id: "a", to_peer_id: "b", sdp: ANSWER });
    const { body } = await fetchFrom("ice-candidates", session, "?peer_id=b&wait=10");
    expect(body.candidates).toMatchObject([{ peer_id: "a", candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 }]);
    await candidate(session, "b", "c1", { sdpMid: "1" });
    const frame = await a.frame();
    expect(frame).toMatchObject({ type: "ice-candidate", peer_id: "b", candidate: "c1", sdpMid: "1" });
    await a.close();
  });

  test("brings what was there before it, in order, and nothing twice behind a cursor", async () => {
    const session = await fresh();
    await offer(session, "b", "1");
    await candidate(session, "b", "2");
    await candidate(session, "b", "for c", { to_peer_id: "c" });
    await candidate(session, "a", "own");
    await candidate(session, "b", "3");
    const a = socket(session, "a");
    const frames = [await a.frame(), await a.frame(), await a.frame()];
    expect(frames.map((frame) => frame["sdp"] ?? frame["candidate"])).toEqual(["1", "2", "3"]);
    await a.close();
    const again = socket(session, "a", `&after=${frames[1]!["cursor"]}`);
    expect(await again.frame()).toMatchObject({ candidate: "3" });
    await again.close();
  });

  test("handles frames in the order they were sent, from the first moment", async () => {
    const session = await fresh();
    const a = socket(session, "a");
    await opened(a);
    const all = Array.from({ length: 100 }, (_, n) => `${n}`);
    for (const text of all) a.send({ type: "ice-candidate", candidate: text });
    const b = socket(session, "b");
    for (const text of all) expect((await b.frame())["candidate"]).toBe(text);
    await Promise.all([a.close(), b.close()]);
  });

  test("brings far more than a socket may have unsent", async () => {
    const session = await fresh();
    const count = 60;
    for (let n = 0; n < count; n++) await candidate(session, "b", `${n} ${"x".repeat(60_000)}`);
    const a = socket(session, "a");
    for (let n = 0; n < count; n++) expect((await a.frame())["candidate"]).toStartWith(`${n} `);
    await a.close();
  });

  test("speaks with clients in the field: join and leave, `to` and `from`, wrapped descriptions", async () => {
    const session = await fresh();
    const a = await joined(session, "a");
    const b = socketAt(`peer_id=b&session_id=${session}`);
    await opened(b);
    b.send({ type: "join", session_id: session, peer_id: "b" });
    expect(await b.frame()).toEqual({ type: "session-joined", session_id: session, peers: ["a"] });
    expect(await a.frame()).toEqual({ type: "peer-joined", peer_id: "b" });
    const sdp = { type: "offer", sdp: OFFER };
    b.send({ type: "offer", to: "a", from: "b", sdp });
    expect(await a.frame()).toMatchObject({ type: "offer", from: "b", to_peer_id: "a", sdp });
    a.send({ type: "answer", target_peer_id: "b", sdp: ANSWER });
    expect(await b.frame()).toMatchObject({ type: "answer", from: "a", sdp: ANSWER });
    const wrapped = { candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 };
    b.send({ type: "ice-candidate", to: "a", from: "b", candidate: wrapped });
    expect(await a.frame()).toMatchObject({ type: "ice-candidate", from: "b", candidate: wrapped });
    // Over REST both are what the document says.
    expect((await fetchFrom("offer", session)).body).toEqual({ peer_id: "b", sdp: OFFER });
    expect((await fetchFrom("ice-candidates", session)).body.candidates).toEqual([
      { peer_id: "b", to_peer_id: "a", ...wrapped, usernameFragment: null },
    ]);
    b.send({ type: "leave", session_id: session, peer_id: "b" });
    expect(await b.frame()).toEqual({ type: "session-left", session_id: session });
    expect(await a.frame()).toEqual({ type: "peer-left", peer_id: "b" });
    await offer(session, "a", "not for one who left");
    b.send({ type: "offer", sdp: OFFER });
    expect(await b.frame()).toMatchObject({ type: "error", detail: "Join a session first." });
    await Promise.all([a.close(), b.close()]);
  });

  test("may name its session by a join, under either prefix", async () => {
    const session = await fresh();
    const a = socketAt("peer_id=a", "/api/v1");
    await opened(a);
    a.send({ type: "offer", sdp: OFFER });
    expect(await a.frame()).toMatchObject({ type: "error", detail: "Join a session first." });
    a.send({ type: "join", session_id: session });
    expect(await a.frame()).toMatchObject({ type: "session-joined", peers: [] });
    await offer(session, "b", "x");
    expect(await a.frame()).toMatchObject({ type: "offer", sdp: "x" });
    await a.close();
  });

  test("the same peer again takes over, and loses nothing", async () => {
    const session = await fresh();
    const first = await joined(session, "a");
    const watcher = await joined(session, "w");
    const second = await joined(session, "a");
    expect(await first.closed()).toEqual({ code: 4001, reason: "replaced by a newer connection" });
    await offer(session, "b", "x");
    expect(await second.frame()).toMatchObject({ sdp: "x" });
    expect(await watcher.frame()).toMatchObject({ sdp: "x" });
    await Promise.all([second.close(), watcher.close()]);
  });

  test.each([
    ["{", "The frame is not valid JSON"],
    ["[]", "frame"],
    ['"offer"', "frame"],
    ["{}", "type"],
    ['{"type":"bye"}', "type"],
    ['{"type":"offer"}', "sdp"],
    ['{"type":"offer","sdp":""}', "sdp"],
    ['{"type":"answer","sdp":{"type":"answer"}}', "sdp"],
    ['{"type":"ice-candidate"}', "candidate"],
    ['{"type":"ice-candidate","candidate":"c","sdpMLineIndex":-1}', "sdpMLineIndex"],
    ['{"type":"offer","sdp":"v","peer_id":"somebody"}', "peer_id"],
    ['{"type":"offer","sdp":"v","from":"somebody"}', "peer_id"],
    ['{"type":"offer","sdp":"v","session_id":"another"}', "session_id"],
    ['{"type":"join","session_id":"another"}', "session_id"],
    ['{"type":"offer","sdp":"v","__proto__":{}}', "The frame is not valid JSON"],
  ])("a bad frame gets an error and the socket stays open (%s)", async (text, named) => {
    const session = await fresh();
    const a = socket(session, "a");
    await opened(a);
    a.sendText(text);
    const error = await a.frame();
    expect(error).toEqual({ type: "error", detail: expect.stringContaining(named), message: error["detail"] });
    a.send({ type: "join" });
    expect(await a.frame()).toMatchObject({ type: "session-joined" });
    expect((await fetchFrom("offer", session)).status).toBe(404);
    await a.close();
  });

  test("a binary frame gets an error, too large a one ends the connection", async () => {
    const session = await fresh();
    const raw = new RawGuest(`${server.wsUrl}/api/signaling/ws?peer_id=a&session_id=${session}`);
    raw.sendBinary(new Uint8Array(4));
    expect(await raw.frame()).toMatchObject({ type: "error", detail: "Frames are text, not binary." });
    raw.sendText(JSON.stringify({ type: "offer", sdp: "x".repeat(70_000) }));
    expect((await raw.closed()).code).toBe(1009);
  });

  test.each(["", "session_id=s", "peer_id=&session_id=s", `peer_id=${"x".repeat(257)}`, "peer_id=a&after=x"])(
    "a handshake that asks for nothing possible is told so and closed (%s)",
    async (query) => {
      const guest = socketAt(query);
      expect(await guest.frame()).toMatchObject({ type: "error", detail: expect.any(String) });
      expect(await guest.closed()).toEqual({ code: 1008, reason: "bad handshake" });
    },
  );

  test("an unknown session is told and closed, and one that ends closes its sockets", async () => {
    const nobody = socket("nope", "a");
    expect(await nobody.frame()).toMatchObject({ type: "error", detail: "Session not found: nope" });
    expect(await nobody.closed()).toEqual({ code: 4004, reason: "session not found" });
    const session = await openSession(server.url);
    const a = await joined(session.id, "a");
    await session.end();
    expect(await a.closed()).toEqual({ code: 4004, reason: "session not found" });
  });

  test("a plain request to it is 426, in the face's shape", async () => {
    expect(await call("GET", `${server.url}/api/signaling/ws?peer_id=a`)).toMatchObject({
      status: 426,
      body: { detail: "This path speaks WebSocket." },
    });
  });
});

test("with tokens, a peer posts, fetches and listens as itself and as nobody else", async () => {
  const secret = "a secret of the tests that is more than 32 bytes long";
  const closed = await startServer({ AUTH_MODE: "token", JWT_SECRET: secret });
  const token = async (claims: Record<string, string>) => {
    const unsigned = new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setSubject("s").setExpirationTime("5m");
    return { authorization: `Bearer ${await unsigned.sign(new TextEncoder().encode(secret))}` };
  };
  const admin = await token({ scope: "admin" });
  const player = await token({ scope: "client", player_id: "p1" });
  const { id, hostId } = await openSession(closed.url, admin);
  const host = await token({ scope: "host", host_id: hostId });
  await post(`${closed.url}/api/sessions/${id}/players`, { player_id: "p1" }, admin);
  const at = `${closed.url}/api/signaling`;
  const posted = async (peer: string, headers: Record<string, string>) =>
    (await post(`${at}/offer`, { session_id: id, peer_id: peer, sdp: OFFER }, headers)).status;
  const fetched = async (query: string, headers: Record<string, string>) =>
    (await fetch(`${at}/offer/${id}${query}`, { headers })).status;
  const upgrade = {
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const shaken = async (peer: string, headers: Record<string, string>) =>
    (await fetch(`${at}/ws?session_id=${id}&peer_id=${peer}`, { headers: { ...upgrade, ...headers } })).status;

  expect([await posted("p1", {}), await posted("p1", player), await posted("p2", player)]).toEqual([401, 200, 403]);
  expect([await posted(hostId, host), await posted("p1", host), await posted("p2", admin)]).toEqual([200, 403, 200]);
  expect([await fetched("?peer_id=p1", {}), await fetched("?peer_id=p1", player)]).toEqual([401, 200]);
  expect([await fetched(`?peer_id=${hostId}`, player), await fetched("", player), await fetched("", admin)]).toEqual([
    403, 403, 200,
  ]);
  expect([await shaken("p1", { authorization: "Bearer x" }), await shaken(hostId, player)]).toEqual([401, 403]);

  const [, bare] = player.authorization.split(" ");
  const guest = new Guest(`${closed.wsUrl}/api/signaling/ws?session_id=${id}&peer_id=p1&access_token=${bare}`);
  expect(await guest.frame()).toMatchObject({ type: "offer", peer_id: hostId });
  guest.send({ type: "offer", peer_id: hostId, sdp: OFFER });
  await guest.frame();
  expect(await guest.frame()).toMatchObject({ type: "error", detail: expect.stringContaining("peer_id") });
  await guest.close();
  expect(await closed.stop()).toBe(0);
});

test("a description is kept for SDP_TTL_SECONDS and no longer", async () => {
  const short = await startServer({ SDP_TTL_SECONDS: "1" });
  const { id } = await openSession(short.url);
  await post(`${short.url}/api/signaling/offer`, { session_id: id, peer_id: "a", sdp: OFFER });
  const read = async (): Promise<number> => (await fetch(`${short.url}/api/signaling/offer/${id}`)).status;
  expect(await read()).toBe(200);
  await eventually("the offer is gone", async () => (await read()) === 404);
  expect(await short.stop()).toBe(0);
});
