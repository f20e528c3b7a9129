import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { eventually } from "../../../test/support/eventually.ts";
import { Bursts } from "./bursts.ts";
import { noMeter } from "../limits/meter.ts";
import type { RuntimeSocket } from "./live-socket.ts";
import { connectionDoor, createMux, type SocketData } from "./mux.ts";
import type { LiveSocket } from "./socket.ts";

const MAX_UNSENT = 400_000;

const HELLO = [
  "GET / HTTP/1.1",
  "Host: x",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

let server: Bun.Server<SocketData>;
let sockets: LiveSocket[];
let closed: number[];
let clients: Socket[];
/** Called when a socket has closed. */
let heardOfEnd: () => void;
/** Whether answers come in a promise. */
let answersLater: boolean;

/** A client, and what it has been sent, as text. */
async function aClient() {
  const seen: string[] = [];
  const client = new WebSocket(`ws://127.0.0.1:${server.port}`);
  client.onmessage = ({ data }) => seen.push(String(data));
  const before = sockets.length;
  return { seen, socket: await eventually("it is open", () => sockets[before]), close: () => client.close() };
}

/** One who never reads. */
async function aStalledOne(): Promise<LiveSocket> {
  const client = connect(server.port!, "127.0.0.1");
  clients.push(client);
  client.pause();
  client.write(HELLO);
  const before = sockets.length;
  return eventually("it is open", () => sockets[before]);
}

beforeEach(() => {
  [sockets, closed, clients] = [[], [], []];
  heardOfEnd = () => undefined;
  answersLater = false;
  const state = {
    open: (socket: LiveSocket) => void sockets.push(socket),
    // It comes back to whoever has connected last.
    text(text: string) {
      const send = (): void => void sockets.at(-1)?.send(text);
      return answersLater ? Promise.resolve().then(send) : send();
    },
    binary: () => undefined,
    closed(code: number) {
      closed.push(code);
      heardOfEnd();
    },
  };
  const tell = (channel: string, text: string) => server.publish(channel, text) > 0;
  // Whatever comes right after one another for the same socket is a burst, however slow the machine.
  const bursts = new Bursts(() => 0, setImmediate);
  const door = connectionDoor({ name: "test", maxMessageBytes: 100, maxUnsentBytes: MAX_UNSENT, tell, bursts });
  server = Bun.serve<SocketData>({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) =>
      self.upgrade(request, { data: { door, state, meter: noMeter } })
        ? undefined
        : new Response(null, { status: 400 }),
    websocket: createMux({ maxPayloadLength: 100, maxUnsentBytes: 2 * MAX_UNSENT, failed: () => undefined }).handler,
  });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await server.stop(true);
});

test("what a channel is told comes to all who are in it, in order with what each of them is sent", async () => {
  const [one, two, three] = [await aClient(), await aClient(), await aClient()];
  one.socket.join("game");
  two.socket.join("game");
  // By one who is not in it.
  expect(three.socket.tell("game", ["1", "2"])).toBe(true);
  one.socket.send("only one");
  one.socket.tell("game", ["3"]);
  one.socket.leave("game");
  one.socket.send("gone");
  one.socket.tell("game", ["4"]);
  one.socket.join("game");
  two.socket.tell("game", ["5"]);
  two.socket.tell("other", ["nobody"]);
  await eventually("all is there", () => one.seen.at(-1) === "5" && two.seen.at(-1) === "5");
  expect(one.seen).toEqual(["1", "2", "only one", "3", "gone", "5"]);
  expect(two.seen).toEqual(["1", "2", "3", "4", "5"]);
  expect(three.seen).toEqual([]);
});

test("whoever tells a channel hears that one in it has bytes left; past the limit that one is closed, and the others go on", async () => {
  const [fast, slow] = [await aClient(), await aStalledOne()];
  for (const socket of [fast.socket, slow]) socket.join("game");
  const text = "x".repeat(100_000);
  // However much the system takes for it.
  await eventually("bytes are left", () => !fast.socket.tell("game", [text]));
  slow.leave("game");
  const unsent = slow.buffered;
  expect(fast.socket.tell("game", [text])).toBe(true);
  expect(slow.buffered).toBe(unsent);
  slow.bound();
  expect(closed).toEqual([]);
  slow.join("game");
  await eventually("more is left than may be", () => (fast.socket.tell("game", [text]), slow.buffered > MAX_UNSENT));
  slow.bound();
  await eventually("it is closed", () => closed.length === 1);
  expect(closed).toEqual([1006]);
  expect(fast.socket.tell("game", ["after"])).toBe(true);
  await eventually("the other goes on", () => fast.seen.at(-1) === "after");
});

test("one that has closed is in no channel any more, and may be asked for anything", async () => {
  const [one, two] = [await aClient(), await aClient()];
  for (const { socket } of [one, two]) socket.join("game");
  one.close();
  await eventually("it is gone", () => closed.length === 1);
  one.socket.leave("game");
  one.socket.join("game");
  one.socket.bound();
  expect(one.socket.tell("game", ["1"])).toBe(true);
  await eventually("it comes", () => two.seen.length === 1);
  expect(server.subscriberCount("game")).toBe(1);
});

test("what comes in a burst arrives in order with whatever else is sent, and before the end", async () => {
  const { seen, socket } = await aClient();
  const expected: string[] = [];
  const say = (text: string): boolean => {
    expected.push(text);
    return socket.send(text);
  };
  socket.join("game");
  for (let n = 0; n < 10; n++) expect(say(`${n}`)).toBe(true);
  expect(socket.sendMarked("marked", "mark")).toBe(true);
  expected.push("marked");
  for (let n = 10; n < 20; n++) say(`${n}`);
  socket.tell("game", ["told"]);
  expected.push("told");
  say("long ".repeat(10_000));
  for (let n = 20; n < 30; n++) say(`${n}`);
  socket.sendAll(["all", "of these"]);
  expected.push("all", "of these");
  for (let n = 30; n < 40; n++) say(`${n}`);
  socket.close(4000, "enough");
  expect(socket.send("too late")).toBe(false);
  await eventually("it is closed", () => closed.length === 1);
  await eventually("all is there", () => seen.length === expected.length);
  expect(seen).toEqual(expected);
});

test("one burst does not hide that its receiver does not read: its sender hears so, and it is closed", async () => {
  const slow = await aStalledOne();
  const text = "€".repeat(3_000);
  let taken = 0;
  // More than a system takes in for a socket.
  for (let n = 0; n < 2_000 && slow.send(text); n++) taken++;
  expect(taken).toBeLessThan(2_000);
  await eventually("it is closed", () => closed.length === 1);
  expect(closed).toEqual([1006]);
});

test("of one burst so much waits as a socket that is not read may have unsent, and no more", async () => {
  const { seen, socket } = await aClient();
  const text = "€".repeat(3_000);
  for (let n = 0; n < 100; n++) expect(socket.send(text)).toBe(true);
  const waiting = (socket as RuntimeSocket).flush();
  expect(waiting).toBeGreaterThan(1);
  expect(waiting * Buffer.byteLength(text)).toBeLessThan(MAX_UNSENT);
  await eventually("all is there", () => seen.length === 100);
});

test("a text that is more than a socket may have unsent is refused in a burst as well", async () => {
  const slow = await aStalledOne();
  for (let n = 0; n < 4; n++) expect(slow.send(`${n}`)).toBe(true);
  (slow as RuntimeSocket).flush();
  expect(slow.send("x".repeat(20_000_000))).toBe(false);
});

test.each([
  ["is cut for what it has unsent", 30_000, undefined],
  ["is cut in a burst", 3_000, undefined],
  ["is closed", 30_000, (socket: LiveSocket) => socket.close(4000, "enough")],
  ["breaks off", 30_000, () => clients.at(-1)!.resetAndDestroy()],
] as const)("of one that %s, each text that had not left is told, and no other", async (_, chars, end) => {
  const slow = await aStalledOne();
  const client = clients.at(-1)!;
  const lost: number[] = [];
  let sent = 0;
  const send = (): boolean => {
    const n = sent++;
    return slow.send(`${n}:${"x".repeat(chars)};`, { lost: () => void lost.push(n) });
  };
  // Half of what it may have is left; or one is refused, which is not told again.
  const isEnough = (): boolean => end !== undefined && slow.buffered > MAX_UNSENT / 2;
  while (!isEnough()) {
    if (!send()) break;
    // Whatever of a burst waits is written with the turn.
    if (sent % 7 === 0) await new Promise(setImmediate);
  }
  const accepted = end === undefined ? sent - 1 : sent;
  end?.(slow);
  const closing = eventually("it is closed", () => closed.length === 1);
  let seen = "";
  client.on("data", (data) => (seen += data.toString("latin1")));
  client.resume();
  await closing;
  expect(lost.length).toBeGreaterThan(0);
  expect(lost).toEqual(lost.map((_, at) => accepted - lost.length + at));
  expect(slow.send("late", { lost: () => void lost.push(-1) })).toBe(false);
  expect(lost).not.toContain(-1);
  if (client.destroyed && end !== undefined && seen === "") return;
  const arrived = await eventually("all that had left is there", () => {
    const whole = seen.split(";").length - 1;
    return whole >= accepted - lost.length && whole;
  });
  expect(arrived).toBe(accepted - lost.length);
});

test("what has left by the time that a socket ends is not told, however slowly it went", async () => {
  const slow = await aStalledOne();
  const client = clients.at(-1)!;
  let lost = 0;
  let sent = 0;
  while (slow.buffered < MAX_UNSENT / 2) slow.send(`${sent++};${"x".repeat(30_000)}`, { lost: () => lost++ });
  let seen = 0;
  client.on("data", (data) => (seen += data.toString("latin1").split(";").length - 1));
  client.resume();
  await eventually("all is there", () => seen === sent);
  await eventually("nothing is left", () => slow.buffered === 0);
  slow.close(4000, "enough");
  await eventually("it is closed", () => closed.length === 1);
  expect([lost, closed]).toEqual([0, [4000]]);
});

test("one that has closed takes nothing more, from the moment that this is heard of", async () => {
  const { socket, close } = await aClient();
  const outcomes: boolean[] = [];
  heardOfEnd = () => outcomes.push(...[1, 2, 3, 4].map((n) => socket.send(`${n}`)));
  close();
  for (let n = 0; n < 10; n++) socket.send(`${n}`);
  await eventually("it is closed", () => closed.length === 1);
  expect(outcomes).toEqual([false, false, false, false]);
});

test.each(["at once", "after something was awaited"])(
  "what is answered %s to messages that come with the end is answered",
  async (when) => {
    if (when !== "at once") answersLater = true;
    const client = connect(server.port!, "127.0.0.1");
    clients.push(client);
    let seen = "";
    client.on("data", (data) => (seen += data.toString("latin1")));
    client.write(HELLO);
    await eventually("it is open", () => sockets.length === 1);
    const frame = (opcode: number, text: string) =>
      Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text, "latin1")]);
    const messages = Array.from({ length: 6 }, (_, n) => frame(1, `message ${n}`));
    client.write(Buffer.concat([...messages, frame(8, "\x03\xe8")]));
    await eventually("it is closed", () => closed.length === 1);
    await eventually("the end has come", () => seen.endsWith("\x88\x02\x03\xe8"));
    for (let n = 0; n < 6; n++) expect(seen).toContain(`message ${n}`);
  },
);

test("a burst for one that is gone is refused, and for one that goes meanwhile harmless", async () => {
  const [gone, going, other] = [await aClient(), await aClient(), await aClient()];
  gone.close();
  await eventually("it is gone", () => closed.length === 1);
  for (let n = 0; n < 10; n++) going.socket.send(`${n}`);
  expect([1, 2, 3, 4, 5].map((n) => gone.socket.send(`${n}`))).not.toContain(true);
  going.close();
  await eventually("it has gone", () => closed.length === 2);
  for (let n = 0; n < 10; n++) other.socket.send(`${n}`);
  await eventually("the other has it all", () => other.seen.length === 10);
  expect(other.seen).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
});
