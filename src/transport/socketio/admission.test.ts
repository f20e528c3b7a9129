import { afterEach, beforeEach, expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { openGate, type Gate } from "../http/gate.ts";
import { createMux, type SocketData } from "../websocket/mux.ts";
import { createSocketIoDoor, MAX_MESSAGE_BYTES } from "./door.ts";

let server: Bun.Server<SocketData>;
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
  server = Bun.serve<SocketData>({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) => door.handleRequest(request, self),
    websocket: createMux({ maxPayloadLength: MAX_MESSAGE_BYTES, failed }).handler,
  });
});
afterEach(() => server.stop(true));

/** A client that has opened its connection, and what it hears on it. */
async function open(): Promise<{ socket: WebSocket; heard: string[] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  socket.onmessage = ({ data }) => void heard.push(String(data));
  await eventually("it is open", () => heard.length === 1);
  return { socket, heard };
}

const connect = '40{"token":"alice"}';

test("a connection that connects and disconnects again and again is waited for once", async () => {
  const { socket, heard } = await open();
  for (let n = 1; n <= 5; n++) {
    socket.send(connect);
    await eventually("it is connected", () => heard.length === n + 1);
    expect(entries).toBe(1);
    socket.send("41");
    await eventually("it is not waited for", () => entries === 0);
  }
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
