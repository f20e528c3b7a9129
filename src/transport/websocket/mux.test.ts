import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { eventually } from "../../../test/support/eventually.ts";
import { noMeter } from "../limits/meter.ts";
import { Bursts } from "./bursts.ts";
import { connectionDoor, createMux, type SocketData } from "./mux.ts";
import type { LiveSocket } from "./socket.ts";

/** Time passes for the pings alone. */
let now: number;
const pass = (seconds: number): void => {
  for (const end = now + seconds * 1_000; now < end;) mux.ping((now += 50));
};

let mux: ReturnType<typeof createMux>;
let server: Bun.Server<SocketData>;
let client: Socket;
let live: LiveSocket | null;
let closed: number | null;
/** What the socket has been counted for. */
let counted: string[];

beforeEach(() => {
  [live, closed, counted, now] = [null, null, [], 0];
  const state = {
    open: (socket: LiveSocket) => void (live = socket),
    text: () => undefined,
    binary: () => undefined,
    closed: (code: number) => void (closed = code),
  };
  const tell = (channel: string, text: string) => server.publish(channel, text) > 0;
  // Whatever comes right after one another for the same socket is a burst, however slow the machine.
  const bursts = new Bursts(() => 0, setImmediate);
  const door = connectionDoor({ name: "test", maxMessageBytes: 100, tell, bursts });
  const meter = { ...noMeter, take: (kind: string) => counted.push(kind) > 0 };
  mux = createMux({ maxPayloadLength: 100, failed: () => undefined });
  server = Bun.serve<SocketData>({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) =>
      self.upgrade(request, { data: { door, state, meter } }) ? undefined : new Response(null, { status: 400 }),
    websocket: mux.handler,
  });
  client = connect(server.port!, "127.0.0.1");
  client.resume();
  client.write(
    [
      "GET / HTTP/1.1",
      "Host: test",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "\r\n",
    ].join("\r\n"),
  );
});
afterEach(async () => {
  client.destroy();
  await server.stop(true);
});

const opened = () => eventually("it is open", () => live);

test("a socket that answers no ping is cut, though something is sent to it all the time", async () => {
  const socket = await opened();
  for (let n = 0; n < 50; n++) {
    pass(1);
    socket.send("news");
  }
  expect(closed).toBeNull();
  pass(9);
  expect(closed).toBe(1006);
  expect(mux.open().size).toBe(0);
});

test.each([
  ["pong", 0x8a],
  ["ping", 0x89],
])("one from which a %s comes is not", async (_, first) => {
  await opened();
  pass(50);
  const before = [...mux.open()][0]!.data;
  expect(before.isHeard).toBe(false);
  // An empty frame, masked with nothing.
  client.write(Uint8Array.of(first, 0x80, 0, 0, 0, 0));
  await eventually("it is heard", () => before.isHeard);
  pass(20);
  expect(closed).toBeNull();
});

test("a pong that was asked for is not counted, whoever asked; any other is, and so are pings", async () => {
  const socket = await opened();
  const [{ data }] = [...mux.open()] as unknown as [{ data: SocketData }];
  pass(20);
  socket.ping("mark");
  expect(data.isHeard).toBe(false);
  const [ping, pong] = [0x89, 0x8a].map((first) => Uint8Array.of(first, 0x80, 0, 0, 0, 0)) as [Uint8Array, Uint8Array];
  client.write(Buffer.concat([pong, pong]));
  await eventually("both are heard", () => data.isHeard);
  expect(counted).toEqual([]);
  client.write(Buffer.concat([pong, ping]));
  await eventually("both are counted", () => counted.length === 2);
  expect(counted).toEqual(["message", "message"]);
});
