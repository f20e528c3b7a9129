import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Server, Socket } from "socket.io";
import { eventually } from "../../../test/support/eventually.ts";
import { openGate, type Gate } from "../http/gate.ts";
import { createMux, type SocketData } from "../websocket/mux.ts";
import { MAX_MESSAGE_BYTES } from "./bounds.ts";
import { createSocketIoDoor } from "./door.ts";

let server: Bun.Server<SocketData>;
let io: Server;
/** How many ends of tokens are waited for. */
let entries: number;
let asked: number;
/** What it takes until somebody is known. */
let known: Promise<void>;

beforeEach(() => {
  [entries, asked, known] = [0, 0, Promise.resolve()];
  const gate: Gate = {
    ...openGate,
    guard: {
      ...openGate.guard,
      asks: true,
      async identify(token) {
        asked++;
        await known;
        return { subject: token, account: null, expiresAt: 1, may: () => true };
      },
    },
    expiries: {
      after: () => () => undefined,
      at() {
        entries++;
        let isTakenBack = false;
        return () => {
          if (!isTakenBack) entries--;
          isTakenBack = true;
        };
      },
    },
  };
  const failed = (): void => undefined;
  const door = createSocketIoDoor({ failed, gate });
  io = door.io;
  server = Bun.serve<SocketData>({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) => door.handleRequest(request, self),
    websocket: createMux({ maxPayloadLength: MAX_MESSAGE_BYTES, failed }).handler,
  });
});
afterEach(() => server.stop(true));

/** A client that has opened its connection, and what it hears on it. */
async function open(query = "", headers = {}): Promise<{ socket: WebSocket; heard: string[] }> {
  const url = `ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket${query}`;
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const heard: string[] = [];
  socket.onmessage = ({ data }) => void heard.push(String(data));
  await eventually("it is open", () => heard.length === 1);
  return { socket, heard };
}

const isWithoutSocket = () => eventually("it has no socket", () => io.sockets.sockets.size === 0);

const connect = '40{"token":"alice"}';

test("a connection that connects and disconnects again and again is waited for once, for as long as it is open", async () => {
  const { socket, heard } = await open();
  for (let n = 1; n <= 5; n++) {
    socket.send(connect);
    await eventually("it is connected", () => heard.length === n + 1);
    expect(entries).toBe(1);
    socket.send("41");
    await isWithoutSocket();
    expect(entries).toBe(1);
  }
  socket.close();
  await eventually("it is not waited for", () => entries === 0);
});

test.each([
  ["its header", "", { authorization: "Bearer alice" }],
  ["its query", "&access_token=alice", {}],
])("one that showed its token in %s may connect with it again and again", async (_where, query, headers) => {
  const { socket, heard } = await open(query, headers);
  for (let n = 1; n <= 3; n++) {
    socket.send("40");
    await eventually("it is connected", () => heard.length === n + 1);
    expect(heard.at(-1)).toStartWith('40{"sid"');
    socket.send("41");
    await isWithoutSocket();
  }
  socket.close();
});

test("of the request behind a connection nothing is kept but the token", async () => {
  const { socket, heard } = await open("&more=1", { authorization: "Bearer alice", "x-more": "1" });
  socket.send("40");
  await eventually("it is connected", () => heard.length === 2);
  const [{ request, handshake }] = [...io.sockets.sockets.values()] as [Socket];
  expect(request as unknown).toEqual({
    ...{ url: "", _query: {}, connection: { encrypted: false } },
    headers: { authorization: "Bearer alice" },
  });
  expect(handshake as unknown).toEqual({});
  socket.close();
});

test("one that closes is not waited for", async () => {
  const { socket, heard } = await open();
  socket.send(connect);
  await eventually("it is connected", () => heard.length === 2);
  socket.close();
  await eventually("it is not waited for", () => entries === 0);
});

test("one that closes while its token is looked at is never waited for", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  known = promise;
  const { socket } = await open();
  socket.send(connect);
  await eventually("it is asked who that is", () => asked === 1);
  const closed = new Promise((done) => (socket.onclose = done));
  socket.close();
  await closed;
  await eventually("the server has noticed", () => server.pendingWebSockets === 0);
  resolve();
  await new Promise(setImmediate);
  expect(entries).toBe(0);
});
