import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { connectChat } from "../support/chat-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { sendRaw } from "../support/raw-http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { SECRET, sign } from "../support/tokens.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";
const TOKENS = { AUTH_MODE: "token", JWT_SECRET: SECRET };
const MAX_BYTES = 1_000_000;

let server: RunningServer;
afterEach(async () => {
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toContain('"level":"error"');
});

/** A connection over a WebSocket, which says what it is told to and answers pings. */
async function open() {
  const socket = new WebSocket(`${server.wsUrl}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  let arrived = (): void => undefined;
  const began = performance.now();
  let tookMs: number | null = null;
  socket.onclose = () => {
    tookMs = performance.now() - began;
    arrived();
  };
  socket.onmessage = ({ data }) => {
    if (data === "2") return socket.send("3");
    heard.push(String(data));
    arrived();
  };
  /** The next packet, which must begin like this. */
  const next = async (start: string): Promise<string> => {
    if (heard.length === 0 && tookMs === null) await new Promise<void>((resume) => (arrived = resume));
    const packet = heard.shift();
    expect(packet).toStartWith(start);
    return packet!;
  };
  await next("0");
  const send = (...packets: (string | Uint8Array<ArrayBuffer>)[]) => packets.forEach((packet) => socket.send(packet));
  return {
    send,
    next,
    /** Waits for its end; how long it was open, in ms. */
    closed: (withinMs?: number) => eventually("it is closed", () => tookMs, withinMs),
    close: () => socket.close(),
    async join(token?: string): Promise<void> {
      send(token === undefined ? "40" : `40${JSON.stringify({ token })}`);
      await next("40");
    },
    /** Gives its socket up, and waits until that has been heard: another namespace is refused behind it. */
    async leave(): Promise<void> {
      send("41", "40/nowhere,");
      await next("44/nowhere,");
    },
  };
}

async function session(): Promise<string> {
  const { body } = await call("GET", server.url + POLLING);
  return `${POLLING}&sid=${JSON.parse(String(body).slice(1)).sid}`;
}

/** The header of an offer with so many attachments. */
function offerOf(parts: number): string {
  const places = Array.from({ length: parts }, (_, num) => ({ _placeholder: true, num }));
  return `45${parts}-${JSON.stringify(["offer", { offer: places }])}`;
}

describe("an event with binary parts", () => {
  test("is heard up to the limit of a message, and closes its connection past it", async () => {
    server = await startServer();
    const header = offerOf(3);
    // Engine.IO's own mark is no part of the event.
    const room = MAX_BYTES - (header.length - 1);
    const parts = (more: number) => [300_000, 300_000, room - 600_000 + more].map((size) => new Uint8Array(size));
    const connection = await open();
    await connection.join();
    // One with no partner is answered nothing; what is asked behind it shows that it was taken.
    connection.send(header, ...parts(0), '42["join",null]');
    await connection.next('42["error"');
    connection.send(header, ...parts(1));
    await connection.closed();
  });

  test("that announces many large ones is cut off before they are all there", async () => {
    server = await startServer();
    const connection = await open();
    await connection.join();
    connection.send(offerOf(10), ...Array.from({ length: 9 }, () => new Uint8Array(900_000)));
    await connection.closed();
    const path = await session();
    expect((await call("POST", server.url + path, "40")).status).toBe(200);
    expect((await call("GET", server.url + path)).body).toStartWith("40");
    const part = `b${Buffer.alloc(600_000).toString("base64")}`;
    expect((await call("POST", server.url + path, `${offerOf(3)}\x1e${part}`)).status).toBe(200);
    expect((await call("POST", server.url + path, part)).status).toBe(200);
    expect((await call("POST", server.url + path, "3")).body).toEqual({ code: 1, message: "Session ID unknown" });
  });

  test.each([
    ["in open mode", {}],
    ["where tokens are asked for", TOKENS],
  ])("is not begun before there is a socket %s", async (_, settings) => {
    server = await startServer(settings);
    for (const first of [offerOf(1), '461-1["answer"]']) {
      const connection = await open();
      connection.send(first);
      // Long before a connection is closed that asks for no socket.
      await connection.closed(5_000);
    }
  });

  test.each([
    ["polling", 700_000],
    ["websocket", 990_000],
  ])("of the unmodified client arrives over %s", async (transport, size) => {
    server = await startServer();
    const options = { transports: [transport], reconnection: false };
    const [him, her] = [await connectChat(server.url, options), await connectChat(server.url, options)];
    him.send("join", { name: "John", age: 25, gender: "male" });
    await him.next("waiting");
    her.send("join", { name: "Jane", age: 24, gender: "female" });
    await Promise.all([him.next("matched"), her.next("matched")]);
    const halves = [Buffer.alloc(size / 2, 1), Buffer.alloc(size / 2, 2)];
    for (let n = 0; n < 3; n++) {
      him.send("offer", { offer: halves });
      const { offer } = await her.next("offer");
      expect(offer.map((half: Uint8Array) => Buffer.from(half).equals(halves[offer.indexOf(half)]!))).toEqual([
        true,
        true,
      ]);
    }
    for (const one of [him, her]) one.close();
  });
});

describe.each([
  ["in open mode", {}, undefined],
  ["where tokens are asked for", TOKENS, "client"],
])("a connection %s", (_, settings, scope) => {
  const tokenOf = async () => (scope === undefined ? undefined : sign({ scope }));
  const connectOf = (token: string | undefined) => (token === undefined ? "40" : `40${JSON.stringify({ token })}`);

  test("that asks for a second socket before it has the first is closed", async () => {
    server = await startServer(settings);
    const connect = connectOf(await tokenOf());
    const path = await session();
    expect((await call("POST", server.url + path, Array(50).fill(connect).join("\x1e"))).status).toBe(200);
    expect((await call("GET", server.url + path)).body).toEqual({ code: 1, message: "Session ID unknown" });
    const connection = await open();
    connection.send(...Array<string>(50).fill(connect));
    await connection.closed();
  });

  test("that asks for a second socket beside the first is closed", async () => {
    server = await startServer(settings);
    const token = await tokenOf();
    const connection = await open();
    await connection.join(token);
    connection.send(connectOf(token));
    await connection.closed();
  });

  // The parser makes a number of a packet's kind, and of a blank that makes 0, as which it stands for asking for a socket.
  test.each([" ", "\t", "\u00a0", "7", "x", ""])("that says something of the kind '%s' is closed", async (kind) => {
    server = await startServer(settings);
    const connect = connectOf(await tokenOf());
    const path = await session();
    const packets = [connect, ...Array<string>(50).fill(`4${kind}${connect.slice(2)}`)];
    expect((await call("POST", server.url + path, packets.join("\x1e"))).status).toBe(200);
    expect((await call("GET", server.url + path)).body).toEqual({ code: 1, message: "Session ID unknown" });
  });

  test("may change its socket for another, each of which counts as a handshake", async () => {
    server = await startServer({ ...settings, RATE_LIMIT_LOOPBACK: "on", BUDGETS: "connect=address:3/1h" });
    const token = await tokenOf();
    const connection = await open();
    await connection.join(token);
    for (let changes = 0; changes < 2; changes++) {
      await connection.leave();
      await connection.join(token);
    }
    await connection.leave();
    connection.send(connectOf(token));
    await connection.closed();
    expect((await call("GET", server.url + POLLING)).status).toBe(429);
  });
});

test("one that was refused may show another token over the same connection", async () => {
  server = await startServer(TOKENS);
  const connection = await open();
  connection.send('40{"token":"rubbish"}');
  expect(await connection.next("44")).toContain("invalid_token");
  await connection.join(await sign({ scope: "client" }));
  connection.close();
});

describe("a request of a session that is not there", () => {
  const begun = (path: string) => `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${MAX_BYTES}\r\n\r\n4`;

  test("is answered before its body is here", async () => {
    server = await startServer();
    for (const [query, said] of [
      ["&sid=nobody", { code: 1, message: "Session ID unknown" }],
      ["", { code: 2, message: "Bad handshake method" }],
    ] as const) {
      const { statuses, text } = await sendRaw(server.port, begun(POLLING + query));
      expect(statuses).toEqual([400]);
      expect(JSON.parse(text.slice(text.indexOf("{")))).toEqual(said);
    }
  });

  test("counts as a handshake", async () => {
    server = await startServer({ RATE_LIMIT_LOOPBACK: "on", BUDGETS: "connect=address:3/1h" });
    const path = await session();
    const ask = async (method: string) => (await call(method, `${server.url}${POLLING}&sid=nobody`)).status;
    expect([await ask("GET"), await ask("POST"), await ask("POST"), await ask("GET")]).toEqual([400, 400, 429, 429]);
    expect((await call("POST", server.url + path, "40")).status).toBe(200);
  });
});

test("of the bodies of one session two are read at a time, and a third one ends it", async () => {
  server = await startServer();
  const path = await session();
  const begun = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${MAX_BYTES}\r\n\r\n4`;
  const unfinished = [connect(server.port, "127.0.0.1"), connect(server.port, "127.0.0.1")];
  for (const socket of unfinished) socket.write(begun);
  await eventually("both are read", async () => (await call("POST", server.url + path, "40")).status === 400);
  expect((await call("GET", server.url + path)).body).toEqual({ code: 1, message: "Session ID unknown" });
  for (const socket of unfinished) socket.destroy();
});

test("what is not finished, or has lost what it came with, does not stay", async () => {
  server = await startServer(TOKENS);
  const [lasting, short] = [
    await sign({ scope: "client" }),
    await sign({ scope: "client", exp: Date.now() / 1_000 + 4 }),
  ];
  const outlived = await open();
  await outlived.join(short);
  await outlived.leave();
  const empty = await open();
  await empty.join(lasting);
  await empty.leave();
  const unfinished = await open();
  await unfinished.join(lasting);
  unfinished.send(offerOf(2), new Uint8Array(10));
  const path = await session();
  const body = sendRaw(
    server.port,
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${lasting}\r\nContent-Length: ${MAX_BYTES}\r\n\r\n4`,
    { untilClosed: true },
  );
  const changing = await open();
  await changing.join(short);
  await changing.leave();
  await changing.join(lasting);
  expect(await outlived.closed()).toBeWithin(1_000, 7_500);
  expect(await empty.closed(20_000)).toBeWithin(9_000, 15_000);
  expect(await unfinished.closed(50_000)).toBeWithin(29_000, 40_000);
  expect((await body).tookMs).toBeWithin(20_000, 45_000);
  // The end of its first token was not that of its second.
  await changing.leave();
  changing.close();
}, 60_000);
