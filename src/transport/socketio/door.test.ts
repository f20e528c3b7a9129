// One file, because all of it knocks at one door: what is let in stands beside what is refused.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { heapStats } from "bun:jsc";
import { connect as connectTcp } from "node:net";
import { io as connect, type Socket } from "socket.io-client";
import { eventually } from "../../../test/support/eventually.ts";
import type { RefusalCode } from "../http/refusal.ts";
import { createMux, type SocketData } from "../websocket/mux.ts";
import { acceptSockets, cut, type SocketEvent } from "./accept.ts";
import { MAX_MESSAGE_BYTES } from "./bounds.ts";
import { createSocketIoDoor, type SocketIoDoor } from "./door.ts";

const handshake = "/socket.io/?EIO=4&transport=polling";

describe("the Socket.IO door", () => {
  let door: SocketIoDoor;
  let mux: ReturnType<typeof createMux>;
  let server: Bun.Server<SocketData>;
  let clients: Socket[];
  let errors: string[];
  let refuses: RefusalCode | null;
  let url: string;
  /** Called when a request has reached the door. */
  let arrived = (): void => undefined;

  const serve = (pings: { pingInterval?: number; pingTimeout?: number } = {}): void => {
    errors = [];
    refuses = null;
    door = createSocketIoDoor({
      failed: (name, error) => void errors.push(`${name}: ${error}`),
      refuses: () => refuses,
      ...pings,
    });
    mux = createMux({
      maxPayloadLength: 2 * MAX_MESSAGE_BYTES,
      failed: (name, error) => void errors.push(`${name}: ${error}`),
    });
    server = Bun.serve<SocketData>({
      hostname: "127.0.0.1",
      port: 0,
      // The runtime rounds this up to four seconds.
      idleTimeout: 1,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch(request, self) {
        const answer = door.handleRequest(request, self);
        arrived();
        return answer;
      },
      websocket: mux.handler,
    });
    url = `http://127.0.0.1:${server.port}`;
    const on = (handle: SocketEvent["handle"]): SocketEvent => ({ policy: "connected", counts: "chat", handle });
    acceptSockets(door.io, {
      events: {
        echo: on((socket, value) => void socket.emit("echo", value)),
        throw: on(() => {
          throw new Error("thrown");
        }),
        reject: on(async () => {
          throw new Error("rejected");
        }),
        flood: on((socket, count) => {
          for (let at = 0; at < Number(count); at++) socket.emit("echo", "x".repeat(1_000));
        }),
        cut: on((socket) => cut(socket)),
      },
      closed() {
        throw new Error("closing failed");
      },
      refused: () => undefined,
      failed: (error) => void errors.push(String(error)),
    });
  };

  beforeEach(() => {
    clients = [];
    serve();
  });

  afterEach(async () => {
    for (const client of clients) client.disconnect();
    await server.stop(true);
  });

  const client = async (options: Parameters<typeof connect>[1] = {}): Promise<Socket> => {
    const socket = connect(url, { forceNew: true, ...options });
    clients.push(socket);
    await heard(socket, "connect");
    return socket;
  };
  const heard = (socket: Socket, event: string): Promise<any> => new Promise((done) => socket.once(event, done));
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(url + path, init);
  const session = async (): Promise<string> => {
    const opened = await (await ask(handshake)).text();
    return `${handshake}&sid=${JSON.parse(opened.slice(1)).sid}`;
  };
  /** Opens a session, joins the main namespace, and takes the answer to that. */
  const joined = async (): Promise<string> => {
    const path = await session();
    expect((await ask(path, { method: "POST", body: "40" })).status).toBe(200);
    expect(await (await ask(path)).text()).toStartWith("40");
    return path;
  };

  test("tells clients Socket.IO's own defaults", async () => {
    const response = await ask(handshake);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(JSON.parse((await response.text()).slice(1))).toEqual({
      sid: expect.any(String),
      upgrades: ["websocket"],
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 1_000_000,
    });
  });

  test("answers a preflight", async () => {
    const headers = { origin: "http://elsewhere", "access-control-request-method": "POST" };
    const response = await ask(handshake, { method: "OPTIONS", headers });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-methods")).toBe("GET, POST");
  });

  test("a poll is held longer than the runtime lets other requests wait", async () => {
    await server.stop(true);
    serve({ pingInterval: 4_600 });
    const path = await joined();
    expect(await (await ask(path)).text()).toBe("2");
  });

  for (const transport of ["polling", "websocket"]) {
    test(`keeps a quiet ${transport} client through several pings`, async () => {
      await server.stop(true);
      serve({ pingInterval: 100, pingTimeout: 2_000 });
      const socket = await client({ transports: [transport], reconnection: false });
      for (let pings = 0; pings < 4; pings++) await new Promise((ping) => socket.io.once("ping", () => ping(null)));
      socket.emit("echo", "still here");
      expect(await heard(socket, "echo")).toBe("still here");
    });

    test(`an exception in a handler of a ${transport} client is reported and harms nobody`, async () => {
      const socket = await client({ transports: [transport] });
      socket.emit("throw");
      socket.emit("reject");
      socket.emit("echo", 1);
      expect(await heard(socket, "echo")).toBe(1);
      expect(errors).toEqual(["Error: thrown", "Error: rejected"]);
    });

    test(`a ${transport} client that is cut off comes back by itself`, async () => {
      const socket = await client({ transports: [transport] });
      const [gone, back] = [heard(socket, "disconnect"), new Promise((there) => socket.io.once("reconnect", there))];
      socket.emit("cut");
      expect(await gone).toBeOneOf(["transport close", "transport error"]);
      await back;
    });

    test(`closing sends ${transport} clients away in a way that makes them come back, and refuses them`, async () => {
      const socket = await client({ transports: [transport] });
      const gone = heard(socket, "disconnect");
      const refused = new Promise((done) => socket.io.once("reconnect_error", done));
      refuses = "restarting";
      for (const close of door.polling()) close();
      for (const ws of mux.open()) ws.close(1012, "server restarting");
      // Which of the two depends on whether a poll was open.
      expect(await gone).toBeOneOf(["transport close", "transport error"]);
      await refused;
      const response = await ask(handshake);
      expect([response.status, await response.json()]).toEqual([
        503,
        { code: 3, message: "The server is restarting; connect again." },
      ]);
    });
  }

  describe("refuses", () => {
    const statusOf = async (path: string, init?: RequestInit) => (await ask(path, init)).status;

    test("what is no handshake, in the engine's words", async () => {
      const cases: [string, RequestInit, number, string][] = [
        ["/socket.io/", {}, 0, "Transport unknown"],
        ["/socket.io/?EIO=4&transport=pigeon", {}, 0, "Transport unknown"],
        [`${handshake}&sid=nobody`, {}, 1, "Session ID unknown"],
        [`${handshake}&sid=__proto__`, { method: "POST", body: "4" }, 1, "Session ID unknown"],
        [handshake, { method: "POST", body: "40" }, 2, "Bad handshake method"],
        [handshake, { method: "DELETE" }, 2, "Bad handshake method"],
        ["/socket.io/?EIO=3&transport=polling", {}, 5, "Unsupported protocol version"],
        ["/socket.io/?transport=polling", {}, 5, "Unsupported protocol version"],
        ["/socket.io/?EIO=4&transport=websocket", {}, 3, "Bad request"],
      ];
      for (const [path, init, code, message] of cases) {
        const response = await ask(path, init);
        expect([path, response.status, await response.json()]).toEqual([path, 400, { code, message }]);
      }
    });

    test("wrong methods on a session", async () => {
      const path = await session();
      for (const method of ["PUT", "DELETE", "PATCH", "HEAD"]) expect(await statusOf(path, { method })).toBe(400);
    });

    test("half a WebSocket handshake", async () => {
      const path = await session();
      const target = path.replace("polling", "websocket");
      for (const wanted of [path, target, handshake, handshake.replace("polling", "websocket")]) {
        const lines = [`GET ${wanted} HTTP/1.1`, "Host: x", "Connection: Upgrade", "Upgrade: websocket", "", ""];
        expect(await firstLine(server.port!, lines)).toContain(" 400 ");
      }
    });

    test("bodies over the limit, whether their length is told or not, before they are all here", async () => {
      const path = await session();
      expect(await statusOf(path, { method: "POST", body: "x".repeat(MAX_MESSAGE_BYTES + 1) })).toBe(413);
      const lines = [`POST ${path} HTTP/1.1`, "Host: x", "Content-Length: 1000000000000", "", "4"];
      expect(await firstLine(server.port!, lines)).toContain(" 413 ");
      const endless = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(new Uint8Array(100_000)) });
      expect(await statusOf(path, { method: "POST", body: endless })).toBe(413);
      expect(await statusOf(path, { method: "POST", body: "40" })).toBe(200);
    });
  });

  test("an offer of HTTP/2 is passed over", async () => {
    const lines = [
      `GET ${handshake} HTTP/1.1`,
      "Host: x",
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "",
      "",
    ];
    expect(await firstLine(server.port!, lines)).toContain(" 200 ");
  });

  test("broken payloads end their own session, never the others", async () => {
    const other = await client();
    const bodies = [
      "",
      "x",
      "\u001e",
      "4",
      "42",
      "42[",
      "42{}",
      "42[]",
      "b!!",
      "bAAAA",
      "45",
      "3\u001e3",
      "\ud800",
      "2probe",
      "7",
      "0",
    ];
    for (const body of [
      ...bodies,
      new Uint8Array([0xff, 0xfe, 0x00]),
      "[".repeat(900_000),
      `42${"[".repeat(400_000)}`,
    ]) {
      const path = await joined();
      expect((await ask(path, { method: "POST", body })).status).toBe(200);
      expect((await ask(path, { method: "POST", body: '42["throw"]' })).status).toBeOneOf([200, 400]);
    }
    other.emit("echo", "well");
    expect(await heard(other, "echo")).toBe("well");
  });

  test("two polls at once end the session", async () => {
    const path = await joined();
    const first = ask(path);
    expect((await ask(path)).status).toBe(400);
    expect(await (await first).text()).toBe("1");
    expect((await ask(path)).status).toBe(400);
  });

  test("a poll that is given up ends the session", async () => {
    const path = await joined();
    const giveUp = new AbortController();
    // Given up on its way it would never be a poll.
    const held = new Promise<void>((here) => (arrived = here));
    const poll = ask(path, { signal: giveUp.signal }).catch(() => "given up");
    const gone = new Promise((left) => door.io.sockets.sockets.forEach((socket) => socket.once("disconnect", left)));
    await held;
    giveUp.abort();
    expect(await poll).toBe("given up");
    expect(await gone).toBe("transport error");
    expect((await ask(path)).status).toBe(400);
  });

  test("a body that breaks off is no error of ours", async () => {
    const path = await joined();
    const broken = connectTcp(server.port!, "127.0.0.1");
    broken.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n42["echo"`);
    await new Promise((sent) => broken.write("", sent));
    broken.destroy();
    await new Promise((closed) => broken.once("close", closed));
    expect((await ask(path, { method: "POST", body: '42["echo",1]' })).status).toBe(200);
    expect(await (await ask(path)).text()).toBe('42["echo",1]');
    expect(errors).toEqual([]);
  });

  test("a client that does not poll for what waits for it is closed, not stored without end", async () => {
    const path = await joined();
    const gone = new Promise((left) => door.io.sockets.sockets.forEach((socket) => socket.once("disconnect", left)));
    expect((await ask(path, { method: "POST", body: '42["flood",2000]' })).status).toBe(200);
    expect(await gone).toBe("transport close");
    expect((await ask(path)).status).toBe(400);
  });

  test("pongs nobody asked for end the session: each would start a timer", async () => {
    const path = await joined();
    const gone = new Promise((left) => door.io.sockets.sockets.forEach((socket) => socket.once("disconnect", left)));
    expect((await ask(path, { method: "POST", body: Array(1_000).fill("3").join("\u001e") })).status).toBe(200);
    expect(await gone).toBe("forced close");
    expect((await ask(path)).status).toBe(400);
  });

  test("each ping may be answered once", async () => {
    await server.stop(true);
    serve({ pingInterval: 50 });
    const socket = new WebSocket(`${url.replace("http", "ws")}${handshake.replace("polling", "websocket")}`);
    let [pings, isClosed] = [0, false];
    socket.onclose = () => (isClosed = true);
    socket.onmessage = ({ data }) => {
      if (data !== "2") return;
      pings++;
      socket.send("3");
    };
    await eventually("it goes on for as long as it answers", () => pings === 4);
    expect(isClosed).toBe(false);
    socket.onmessage = ({ data }) => {
      if (data === "2") for (let n = 0; n < 2; n++) socket.send("3");
    };
    await eventually("it is closed", () => isClosed);
  });

  test("what is for everybody reaches everybody, and there are no rooms", async () => {
    const both = await Promise.all([client(), client()]);
    const heard: unknown[] = [];
    for (const one of both) one.on("news", (what) => heard.push(what));
    door.io.emit("news", 1);
    await eventually("both have heard it", () => heard.length === 2);
    const [socket] = door.io.sockets.sockets.values();
    expect(() => socket!.join("room")).toThrow("There are no rooms.");
    door.io.disconnectSockets();
    await eventually("all are gone", () => door.io.sockets.adapter.sids.size === 0);
  });

  const MANY = 50;
  /** How many more objects of a kind there are with many quiet connections on WebSockets that have their sockets. */
  const kept = async (kind: string): Promise<number> => {
    const count = (): number => heapStats().objectTypeCounts[kind] ?? 0;
    Bun.gc(true);
    const before = count();
    const opened = await Promise.all(
      Array.from({ length: MANY }, () => {
        const socket = new WebSocket(`${url.replace("http", "ws")}${handshake.replace("polling", "websocket")}`);
        const joined = Promise.withResolvers<WebSocket>();
        socket.onmessage = ({ data }: MessageEvent<string>) => {
          if (data.startsWith("0")) socket.send("40");
          else joined.resolve(socket);
        };
        return joined.promise;
      }),
    );
    Bun.gc(true);
    expect([mux.open().size, door.io.sockets.sockets.size]).toEqual([MANY, MANY]);
    const more = count() - before;
    for (const socket of opened) socket.close();
    await eventually("the engine has forgotten them", () => mux.open().size === 0);
    return more;
  };

  test("a connection keeps nothing of the request that opened it", async () => {
    expect(await kept("Request")).toBeLessThan(MANY / 2);
  });

  test("a connection keeps no tables but that of Socket.IO for acknowledgements, which is empty", async () => {
    expect(await kept("Map")).toBeLessThan(MANY * 1.5);
  });

  test("a frame over the limit closes 1009", async () => {
    const socket = new WebSocket(`${url.replace("http", "ws")}${handshake.replace("polling", "websocket")}`);
    await new Promise((open) => (socket.onopen = open));
    const closed = new Promise<number>((done) => (socket.onclose = ({ code }) => done(code)));
    socket.send("x".repeat(MAX_MESSAGE_BYTES + 1));
    expect(await closed).toBe(1009);
  });
});

/** What a server answers to a request written by hand. */
function firstLine(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((answered, failed) => {
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(lines.join("\r\n")));
    socket.once("data", (data) => {
      answered(data.toString().split("\r\n")[0]!);
      socket.destroy();
    });
    socket.once("close", () => failed(new Error("closed without an answer")));
    socket.once("error", failed);
  });
}
