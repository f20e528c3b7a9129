import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest, RawGuest, type Frame } from "./rooms-client.ts";

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ STUN_URLS: "stun:stun.example.net:3478", FACES: "host-pool,rooms" });
});

afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

let rooms = 0;
const newRoom = (): string => `room-${++rooms}`;

interface Options {
  readonly on?: RunningServer;
  readonly resume?: string;
  readonly received?: number;
}

function address(room: string, { on = server, resume, received }: Options): string {
  const query = new URLSearchParams({ roomId: room });
  if (resume !== undefined) query.set("resume", resume);
  if (received !== undefined) query.set("received", `${received}`);
  return `${on.wsUrl}/signaling?${query}`;
}

const guest = (room: string, options: Options = {}): Guest => new Guest(address(room, options));
const rawGuest = (room: string, options: Options = {}): RawGuest => new RawGuest(address(room, options));

async function enter(room: string, options: Options = {}): Promise<Guest> {
  const one = guest(room, options);
  await one.welcomed();
  return one;
}

async function enterRaw(room: string, options: Options = {}): Promise<RawGuest> {
  const one = rawGuest(room, options);
  await one.welcomed();
  return one;
}

/** Two peers who have heard of each other. */
async function pair(room = newRoom(), options: Options = {}): Promise<[Guest, Guest]> {
  const first = await enter(room, options);
  const later = await enter(room, options);
  expect(await first.frame()).toEqual({ type: "peer-joined", peerId: later.id });
  return [first, later];
}

/** The same with the later one over bare TCP. */
async function pairWithRaw(room: string, options: Options = {}): Promise<[Guest, RawGuest]> {
  const first = await enter(room, options);
  const later = await enterRaw(room, options);
  expect(await first.frame()).toEqual({ type: "peer-joined", peerId: later.id });
  return [first, later];
}

describe("entering", () => {
  test("welcomes with exactly the documented keys; the later one is polite", async () => {
    const room = newRoom();
    const first = guest(room);
    const firstWelcome = await first.welcomed();
    expect(firstWelcome).toEqual({
      type: "welcome",
      peerId: expect.stringMatching(/^\S{8,}$/),
      peers: [],
      polite: false,
      iceServers: [{ urls: "stun:stun.example.net:3478" }],
      resumeToken: expect.stringMatching(/^\S{24,}$/),
    });
    const later = guest(room);
    expect(await later.welcomed()).toMatchObject({ peers: [first.id], polite: true });
    expect(await first.frame()).toEqual({ type: "peer-joined", peerId: later.id });
    expect(later.id).not.toBe(first.id);
    expect(later.token).not.toBe(first.token);
  });

  test("works with a trailing slash and with further parameters", async () => {
    const one = new Guest(`${server.wsUrl}/signaling/?v=2&roomId=${newRoom()}&name=x`);
    expect(await one.welcomed()).toMatchObject({ peers: [] });
  });

  test("a third peer is told room_full and closed 1013, and the two notice nothing", async () => {
    const room = newRoom();
    const [first, later] = await pair(room);
    const third = guest(room);
    expect(await third.frame()).toEqual({ type: "error", code: "room_full", message: expect.any(String) });
    expect(await third.closed()).toMatchObject({ code: 1013 });
    expect(await first.untilNow()).toEqual([]);
    expect(await later.untilNow()).toEqual([]);
  });

  test("a room id of 256 characters is the longest", async () => {
    await enter("x".repeat(256));
    const tooLong = guest("x".repeat(257));
    expect(await tooLong.frame()).toMatchObject({ type: "error", code: "bad_message" });
    expect(await tooLong.closed()).toMatchObject({ code: 1008 });
  });

  test.each(["", "?", "?roomId=", "?resume=x", "?roomId=r&received=-1", "?roomId=r&received=1.5&resume=x"])(
    "a handshake with %p is told bad_message and closed 1008",
    async (query) => {
      const one = new Guest(`${server.wsUrl}/signaling${query}`);
      expect(await one.frame()).toEqual({ type: "error", code: "bad_message", message: expect.any(String) });
      expect(await one.closed()).toMatchObject({ code: 1008 });
    },
  );

  test("a room id is any text", async () => {
    const room = `Zoë's room & more/../?#${newRoom()}`;
    const [first, later] = await pair(room);
    later.send({ type: "offer" });
    expect(await first.frame()).toEqual({ type: "offer", from: later.id });
  });

  test("a plain HTTP request is refused, and nothing happens", async () => {
    const answer = await fetch(`${server.url}/signaling?roomId=x`);
    expect(answer.status).toBe(426);
    expect(await answer.json()).toBeObject();
  });
});

describe("relay", () => {
  test("passes offer, answer, candidate and bye both ways, with any further fields, plus from", async () => {
    const [first, later] = await pair();
    for (const type of ["offer", "answer", "ice-candidate", "bye"]) {
      later.send({ type, sdp: "v=0", nested: { list: [1, null, "x"] } });
      expect(await first.frame()).toEqual({ type, sdp: "v=0", nested: { list: [1, null, "x"] }, from: later.id });
      first.send({ type, to: later.id });
      expect(await later.frame()).toEqual({ type, to: later.id, from: first.id });
    }
  });

  test.each([
    ["LF", String.raw`{"type":"offer","sdp":"v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\n"}`],
    ["CRLF", String.raw`{"type":"answer","sdp":"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n"}`],
    ["the end of candidates", `{"type":"ice-candidate","candidate":{"candidate":"","sdpMid":"0","sdpMLineIndex":0}}`],
    ["no candidate at all", `{"type":"ice-candidate","candidate":null}`],
    [
      "mDNS",
      `{"type":"ice-candidate","candidate":"candidate:1 1 udp 2113937151 6a0e8c3b-a9a1-4d7e.local 53705 typ host"}`,
    ],
    ["TCP", `{"type":"ice-candidate","candidate":"candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active"}`],
    ["IPv6", `{"type":"ice-candidate","candidate":"candidate:3 1 udp 2122262783 2001:db8::1%eth0 50000 typ host"}`],
    ["escapes", String.raw`{"type":"offer","sdp":"\u0041\/\"}{\\","\u0074o2":"\ud83d\ude00 \ud800"}`],
    ["text beyond ASCII", `{"type":"offer","sdp":"s=Zoë 😀 \u2028"}`],
    ["odd numbers and order", `{"z":1.0,"type":"offer","a":1e3,"1":-0,"big":123456789012345678901234567890}`],
    ["odd spacing", ` \n{ "type" :\t"bye" , "x":{ } }\r\n `],
    ["the same key twice", `{"type":"offer","a":1,"a":2}`],
  ])("adds from and leaves every other byte alone: %s", async (_, text) => {
    const [first, later] = await pair();
    later.sendText(text);
    const end = text.lastIndexOf("}");
    expect(await first.text()).toBe(`${text.slice(0, end)},"from":"${later.id}"${text.slice(end)}`);
  });

  test("a forged from is replaced, however it is spelled, and the rest keeps its order", async () => {
    const [first, later] = await pair();
    later.sendText(String.raw`{"fr\u006fm":"somebody","type":"offer","b":1,"a":{"from":"inner"}}`);
    expect(await first.text()).toBe(`{"from":"${later.id}","type":"offer","b":1,"a":{"from":"inner"}}`);
  });

  test("keeps the order of many", async () => {
    const [first, later] = await pair();
    for (let n = 0; n < 500; n++) later.send({ type: "ice-candidate", n });
    for (let n = 0; n < 500; n++) expect((await first.frame())["n"]).toBe(n);
  });

  test("alone, to oneself and to a stranger: peer_not_found, and the socket stays open", async () => {
    const alone = await enter(newRoom());
    alone.send({ type: "offer" });
    expect(await alone.frame()).toEqual({ type: "error", code: "peer_not_found", message: expect.any(String) });
    const [first, later] = await pair();
    for (const to of [first.id, "stranger", "", "__proto__", alone.id]) {
      first.send({ type: "offer", to });
      expect(await first.frame()).toMatchObject({ type: "error", code: "peer_not_found" });
    }
    expect(await later.untilNow()).toEqual([]);
  });
});

describe("a room for four", () => {
  let large: RunningServer;
  beforeAll(async () => void (large = await startServer({ ROOM_CAPACITY: "4", FACES: "rooms" })));
  afterAll(async () => void (await large.stop()));

  test("lists the others in order, takes an address, asks for a missing one, and says bye to all", async () => {
    const room = newRoom();
    const [a, b] = await pair(room, { on: large });
    const c = guest(room, { on: large });
    expect(await c.welcomed()).toMatchObject({ peers: [a.id, b.id], polite: true });
    for (const one of [a, b]) expect(await one.frame()).toEqual({ type: "peer-joined", peerId: c.id });

    c.send({ type: "offer" });
    const refused = await c.frame();
    expect(refused).toMatchObject({ type: "error", code: "bad_message" });
    expect(refused["message"]).toContain("to");

    c.send({ type: "offer", to: a.id });
    expect(await a.frame()).toEqual({ type: "offer", to: a.id, from: c.id });
    expect(await b.untilNow()).toEqual([]);

    c.send({ type: "bye" });
    for (const one of [a, b]) expect(await one.frame()).toEqual({ type: "bye", from: c.id });
    await c.close();
    for (const one of [a, b]) expect(await one.frame()).toEqual({ type: "peer-left", peerId: c.id });
  });
});

describe("bad input is answered bad_message and leaves the socket open", () => {
  const deep = (levels: number): string => `{"type":"offer","x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

  test.each([
    ["broken JSON", `{"type":"offer"`],
    ["no JSON", "hello"],
    ["nothing", ""],
    ["an array", `[{"type":"offer"}]`],
    ["a string", `"offer"`],
    ["null", "null"],
    ["a number", "1e999"],
    ["no type", `{"sdp":"v=0"}`],
    ["an unknown type", `{"type":"shutdown"}`],
    ["a type of ours", `{"type":"peer-left","peerId":"x"}`],
    ["a type that is no text", `{"type":["offer"]}`],
    ["an inherited type", `{"type":"constructor"}`],
    ["to that is no text", `{"type":"offer","to":7}`],
    ["to that is null", `{"type":"offer","to":null}`],
    ["33 levels", deep(33)],
    ["30,000 levels", deep(30_000)],
    ["__proto__", `{"type":"offer","__proto__":{"to":"x"}}`],
    ["__proto__ within", `{"type":"offer","a":[{"__proto__":1}]}`],
    ["__proto__ in disguise", String.raw`{"type":"offer","_\u005fproto__":{"x":1}}`],
    ["constructor.prototype", `{"type":"offer","constructor":{"prototype":{}}}`],
    ["a byte order mark", `\uFEFF{"type":"offer"}`],
    ["two objects", `{"type":"offer"}{"type":"bye"}`],
    ["a comment", `{"type":"offer"/*"x"*/}`],
  ])("%s", async (_, text) => {
    const [first, later] = await pair();
    later.sendText(text);
    expect(await later.frame()).toEqual({ type: "error", code: "bad_message", message: expect.any(String) });
    later.send({ type: "offer" });
    expect(await first.frame()).toEqual({ type: "offer", from: later.id });
  });

  test("binary frames, even of good JSON", async () => {
    const [first, later] = await pair();
    later.socket.send(new TextEncoder().encode(`{"type":"offer"}`));
    expect(await later.frame()).toMatchObject({ type: "error", code: "bad_message" });
    expect(await first.untilNow()).toEqual([]);
  });

  test("32 levels are still fine", async () => {
    const [first, later] = await pair();
    later.sendText(deep(32));
    expect(await first.frame()).toMatchObject({ type: "offer", from: later.id });
  });
});

describe("frames on the wire", () => {
  test("a frame of 65,536 bytes passes; one byte more closes 1009, and the seat waits", async () => {
    const room = newRoom();
    const [first, later] = await pair(room);
    const wrapping = `{"type":"offer","sdp":""}`.length;
    const largest = JSON.stringify({ type: "offer", sdp: "x".repeat(65_536 - wrapping) });
    later.sendText(largest);
    expect(await first.frame()).toMatchObject({ type: "offer", from: later.id });
    later.sendText(`${largest} `);
    expect(await later.closed()).toMatchObject({ code: 1009 });
    const back = guest(room, { resume: later.token, received: 0 });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    expect(await first.untilNow()).toEqual([]);
  });

  test("the limit counts bytes, not characters", async () => {
    const [first, later] = await pair();
    later.send({ type: "offer", sdp: "é".repeat(40_000) });
    expect(await later.closed()).toMatchObject({ code: 1009 });
    expect(await first.untilNow()).toEqual([]);
  });

  test("a message in parts is one message", async () => {
    const [first, later] = await pairWithRaw(newRoom());
    later.sendInParts(`{"type":`, `"offer",`, `"sdp":"v=0"}`);
    expect(await first.frame()).toEqual({ type: "offer", sdp: "v=0", from: later.id });
  });

  test("text that is not UTF-8 and a reserved opcode close that socket and no other", async () => {
    for (const attack of [
      (peer: RawGuest) => peer.write(1, Uint8Array.from([0x22, 0xff, 0xfe, 0x22])),
      (peer: RawGuest) => peer.write(5, Uint8Array.from([1])),
    ]) {
      const [first, later] = await pairWithRaw(newRoom());
      attack(later);
      await later.closed();
      expect(await first.untilNow()).toEqual([]);
    }
  });
});

describe("leaving", () => {
  test("bye and a close are told at once", async () => {
    const room = newRoom();
    const [first, later] = await pair(room);
    later.send({ type: "bye", reason: "done" });
    await later.close();
    expect(await first.frame()).toEqual({ type: "bye", reason: "done", from: later.id });
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
    const next = guest(room);
    expect(await next.welcomed()).toMatchObject({ peers: [first.id], polite: true });
  });

  test("a close without bye is told after the grace of a page that loads again", async () => {
    const [first, later] = await pair();
    const started = performance.now();
    await later.close();
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
    expect(performance.now() - started).toBeGreaterThan(1_900);
  });

  test("in its grace a seat gives way to a newcomer, with peer-left first", async () => {
    const room = newRoom();
    const [first, later] = await pair(room);
    await later.close();
    const next = await enter(room);
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
    expect(await first.frame()).toEqual({ type: "peer-joined", peerId: next.id });
  });

  test("a lone page that loads again does not meet its own ghost", async () => {
    const room = newRoom();
    await (await enter(room)).close();
    expect(await guest(room).welcomed()).toMatchObject({ peers: [], polite: false });
  });
});

describe("a lost connection", () => {
  test("keeps its place, and its peer is back with what it missed, once and in order", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    await later.lose();
    expect(await guest(room).frame()).toMatchObject({ code: "room_full" });
    for (let n = 0; n < 20; n++) first.send({ type: "ice-candidate", n });
    expect(await first.untilNow()).toEqual([]);

    const back = rawGuest(room, { resume: later.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    for (let n = 0; n < 20; n++) {
      expect(await back.frame()).toEqual({ type: "ice-candidate", n, from: first.id });
    }
    expect(await back.untilNow()).toEqual([]);
    back.send({ type: "answer" });
    expect(await first.frame()).toEqual({ type: "answer", from: later.id });
  });

  test("right after a frame it had read and answered leaves no doubt", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    first.send({ type: "offer" });
    expect(await later.frame()).toMatchObject({ type: "offer" });
    await later.lose();
    const back = rawGuest(room, { resume: later.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    expect(await back.untilNow()).toEqual([]);
  });

  test("works for a browser's own WebSocket that closes as a page load does", async () => {
    const room = newRoom();
    const [first, later] = await pair(room);
    first.send({ type: "offer" });
    expect(await later.frame()).toMatchObject({ type: "offer" });
    // By the time its answer is there, it has also answered the ping behind the offer.
    later.send({ type: "answer" });
    expect(await first.frame()).toMatchObject({ type: "answer" });
    await later.close();
    first.send({ type: "ice-candidate", n: 1 });
    expect(await first.untilNow()).toEqual([]);
    const back = guest(room, { resume: later.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    expect(await back.frame()).toEqual({ type: "ice-candidate", n: 1, from: first.id });
  });

  test("with a frame in doubt is admitted: recovered false, a fresh welcome, and the other hears of it", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    later.pongs = false;
    first.send({ type: "offer" });
    await later.frame();
    await later.lose();
    const back = guest(room, { resume: later.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: false });
    expect(await back.welcomed()).toMatchObject({ peers: [first.id], polite: true });
    expect(back.id).not.toBe(later.id);
    expect(back.token).not.toBe(later.token);
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
    expect(await first.frame()).toEqual({ type: "peer-joined", peerId: back.id });
  });

  test("is exact even then for a client that counts its frames", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    later.pongs = false;
    for (const n of [1, 2, 3]) first.send({ type: "ice-candidate", n });
    for (const n of [1, 2, 3]) expect(await later.frame()).toMatchObject({ n });
    await later.reset();
    first.send({ type: "ice-candidate", n: 4 });
    expect(await first.untilNow()).toEqual([]);
    const back = guest(room, { resume: later.token, received: 2 });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    expect([await back.frame(), await back.frame()]).toMatchObject([{ n: 3 }, { n: 4 }]);
    expect(await back.untilNow()).toEqual([]);
  });

  test("that still looks open is taken over: the old socket closes 4001 and changes nothing any more", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    const back = guest(room, { resume: later.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
    expect(await later.closed()).toMatchObject({ code: 4001 });
    first.send({ type: "offer" });
    expect(await back.frame()).toEqual({ type: "offer", from: first.id });
    expect(await first.untilNow()).toEqual([]);
  });

  test("with an unknown token, or one of another room, is a fresh start or finds the room full", async () => {
    const room = newRoom();
    const [first, later] = await pair();
    for (const resume of ["nonsense", later.token, "__proto__", "x".repeat(4_000)]) {
      const one = guest(room, { resume });
      expect(await one.frame()).toEqual({ type: "resumed", recovered: false });
      await one.welcomed();
      one.send({ type: "bye" });
      await one.close();
    }
    expect(await first.untilNow()).toEqual([]);
    await pair(room);
    const tooMany = guest(room, { resume: "nonsense" });
    expect(await tooMany.frame()).toEqual({ type: "resumed", recovered: false });
    expect(await tooMany.frame()).toMatchObject({ type: "error", code: "room_full" });
    expect(await tooMany.closed()).toMatchObject({ code: 1013 });
  });

  test("that misses more than a seat keeps has left, and the sender hears it", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    await later.lose();
    for (let n = 0; n < 257; n++) first.send({ type: "ice-candidate", n });
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
    const back = guest(room, { resume: later.token, received: 0 });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: false });
  });

  test("a peer that stops reading is cut off and told of, and the server stays small", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room);
    later.stopReading();
    const sdp = "x".repeat(60_000);
    const left = first.frame();
    let gone = false;
    void left.then(() => (gone = true));
    // Kernel buffers take the first megabytes.
    for (let n = 0; n < 2_000 && !gone; n++) {
      first.send({ type: "offer", sdp });
      if (n % 20 === 0) await fetch(`${server.url}/livez`);
    }
    expect(await left).toEqual({ type: "peer-left", peerId: later.id });
    await later.reset();
  });
});

test("random sends, losses and returns of a counting client never lose, double or reorder a frame", async () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant("send" as const), times: fc.integer({ min: 1, max: 10 }) }),
    fc.record({ do: fc.constant("read" as const), times: fc.integer({ min: 0, max: 8 }) }),
    fc.record({ do: fc.constantFrom("lose" as const, "reset" as const, "stay" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 5, maxLength: 25, size: "max" }),
      fc.boolean(),
      async (actions, pongs) => {
        const room = newRoom();
        const [first, later] = await pairWithRaw(room);
        let reader = later;
        reader.pongs = pongs;
        let sent = 0;
        let read = 0;
        const readOne = async (): Promise<void> => {
          const frame = await reader.frame();
          expect(frame).toEqual({ type: "ice-candidate", n: read, from: first.id });
          read++;
        };
        for (const one of actions) {
          if (one.do === "send") {
            for (let count = 0; count < one.times; count++) first.send({ type: "ice-candidate", n: sent++ });
          } else if (one.do === "read") {
            for (let count = 0; count < one.times && read < sent; count++) await readOne();
          } else {
            // At most 250 frames are sent, so that even a client without pongs can go back to any of them.
            if (one.do === "stay") reader.stopReading();
            else await reader[one.do]();
            for (let left = reader.unread(); left > 0; left--) await readOne();
            const back = rawGuest(room, { resume: later.token, received: read });
            back.pongs = pongs || "first";
            expect(await back.frame()).toEqual({ type: "resumed", recovered: true });
            reader = back;
          }
        }
        while (read < sent) await readOne();
        expect(await reader.untilNow()).toEqual([]);
        expect(await first.untilNow()).toEqual([]);
        for (const one of [first, reader]) {
          one.send({ type: "bye" });
          void one.close(1000);
        }
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

describe("a server with a resume time of one second", () => {
  let brief: RunningServer;
  beforeAll(async () => void (brief = await startServer({ RESUME_SECONDS: "1", FACES: "rooms" })));
  afterAll(async () => void (await brief.stop()));

  test("tells of a lost peer when its time is over, and its token is then void", async () => {
    const room = newRoom();
    const [first, later] = await pairWithRaw(room, { on: brief });
    const started = performance.now();
    await later.lose();
    expect(await first.frame()).toEqual({ type: "peer-left", peerId: later.id });
    expect(performance.now() - started).toBeGreaterThan(900);
    const back = guest(room, { on: brief, resume: later.token });
    expect(await back.frame()).toEqual({ type: "resumed", recovered: false });
    expect(await back.welcomed()).toMatchObject({ peers: [first.id] });
  });
});

describe("a pool host", () => {
  const post = async (path: string, body: object): Promise<Frame> => {
    const answer = await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    return (await answer.json()) as Frame;
  };

  test("is busy while a second peer is in its room, and found again when that has left", async () => {
    const room = newRoom();
    const region = `region-${room}`;
    const find = (): Promise<Frame> => post("/api/match/find", { region });
    const host = await enter(room);
    await post("/api/host/heartbeat", { hostId: `host-${room}`, roomId: room, region });
    expect(await find()).toMatchObject({ found: true, roomId: room });

    const player = await enter(room);
    expect(await host.frame()).toMatchObject({ type: "peer-joined" });
    await post("/api/host/heartbeat", { hostId: `host-${room}`, roomId: room, region, status: "idle" });
    expect(await find()).toMatchObject({ found: false });

    player.send({ type: "bye" });
    await player.close();
    await eventually("the host to be found again", async () => (await find())["found"]);
  });
});

test("figures count rooms, peers, signals and resumes", async () => {
  await pair();
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  for (const name of ["rooms", "room_peers", "room_relayed_total", 'room_resumes_total{outcome="recovered"}']) {
    expect(metrics).toContain(`\nrendezvous_${name.replace("}", "")}`);
  }
});

test("a server that goes down closes its peers 1012 and ends cleanly", async () => {
  const leaving = await startServer({ FACES: "rooms" });
  const [first, later] = await pair(newRoom(), { on: leaving });
  const ended = leaving.stop();
  expect(await first.closed()).toMatchObject({ code: 1012 });
  expect(await later.closed()).toMatchObject({ code: 1012 });
  expect(await ended).toBe(0);
});
