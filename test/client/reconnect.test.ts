// What the client's sockets do when the line breaks, against a real server behind a line that can be cut.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  Accounts,
  Arena,
  Coordinator,
  Devices,
  NotFound,
  Replaced,
  Rooms,
  type DeviceMessage,
  type MatchMessage,
  type PeerSignal,
} from "../../client/src/index.ts";
import { openLine, type CuttableLine } from "../browser/cuttable-line.ts";
import { openSession } from "../support/coordinator.ts";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";

let server: RunningServer;
let line: CuttableLine;
/** Over the line that is cut. */
let shaky: { readonly url: string };
/** Beside it. */
let steady: { readonly url: string };

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  line = await openLine(() => server.port);
  shaky = { url: `http://127.0.0.1:${line.port}` };
  steady = { url: server.url };
});
afterEach(() => line.close());
afterAll(async () => {
  await server?.stop();
});

/** What happens next of this name. */
function next<Name extends string, Value>(
  from: { on(name: Name, listener: (value: Value) => void): () => void },
  name: Name,
): Promise<Value> {
  return new Promise((happened) => {
    const stop = from.on(name, (value) => {
      stop();
      happened(value);
    });
  });
}

test("a seat in a room is resumed: what was sent meanwhile arrives both ways, once and in order", async () => {
  const roomId = crypto.randomUUID();
  const host = new Rooms(steady).join(roomId);
  await host.ready;
  const player = new Rooms(shaky).join(roomId);
  await player.ready;
  const heard: Record<"host" | "player", unknown[]> = { host: [], player: [] };
  host.on("message", ({ sdp }) => heard.host.push(sdp));
  player.on("message", ({ sdp }) => heard.player.push(sdp));
  host.send({ type: "offer", sdp: 1 }, player.peerId!);
  await eventually("the first has arrived", () => heard.player.length === 1);

  const lost = next(player, "lost");
  const resumed = next(player, "resumed");
  line.cut();
  await lost;
  host.send({ type: "offer", sdp: 2 }, player.peerId!);
  player.send({ type: "answer", sdp: 3 }, host.peerId!);
  host.send({ type: "offer", sdp: 4 }, player.peerId!);
  await resumed;
  player.send({ type: "answer", sdp: 5 }, host.peerId!);
  await eventually("all has arrived", () => heard.player.length === 3 && heard.host.length === 2);
  expect(heard).toEqual({ host: [3, 5], player: [1, 2, 4] });

  const left = next(host, "left");
  const own = player.peerId;
  player.leave();
  expect(await left).toBe(own);
  host.leave();
});

test("a full room, and one that was left, reject whoever waits for them", async () => {
  const rooms = new Rooms(steady);
  const seats = ["a", "b"].map(() => rooms.join("full"));
  await Promise.all(seats.map(({ ready }) => ready));
  const third = rooms.join("full");
  await expect(third.ready).rejects.toMatchObject({ name: "Conflict", code: "room_full" });
  const alone = rooms.join(crypto.randomUUID());
  const meeting = alone.meet();
  await alone.ready;
  alone.leave();
  await expect(meeting).rejects.toThrow("left");
  for (const seat of seats) seat.leave();
});

test("a session's signaling goes on behind the last message, and tells when another connection takes over", async () => {
  const { id: sessionId, hostId } = await openSession(server.url);
  const host = new Coordinator(shaky).listen({ sessionId, peerId: hostId });
  const player = new Coordinator(steady).listen({ sessionId, peerId: "player" });
  await Promise.all([host.ready, player.ready]);
  const heard: unknown[] = [];
  host.on("message", (message) => heard.push("sdp" in message ? message.sdp : message.candidate));
  player.send({ type: "offer", sdp: "one" }, hostId);
  await eventually("the first has arrived", () => heard.length === 1);
  const back = next(player, "joined");
  const lost = next(host, "lost");
  line.cut();
  await lost;
  player.send({ type: "offer", sdp: "two" }, hostId);
  player.send({ type: "ice-candidate", candidate: "three" }, hostId);
  expect(await back).toBe(hostId);
  await eventually("all has arrived", () => heard.length === 3);
  expect(heard).toEqual(["one", "two", "three"]);

  const closed = next(player, "closed");
  const second = new Coordinator(steady).listen({ sessionId, peerId: "player" });
  expect(await closed).toBeInstanceOf(Replaced);
  host.close();
  second.close();
});

test("signaling of a session that is not there ends with what it is", async () => {
  const channel = new Coordinator(steady).listen({ sessionId: "session-none", peerId: "x" });
  await expect(channel.ready).rejects.toBeInstanceOf(NotFound);
});

test("a device registers again, sends what waited, and is asked by a way of signaling to say again what may be lost", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  const { token } = await new Accounts(steady).signUp({ email, password: "a good password" });
  const laptop = new Devices({ ...shaky, token: () => token }).register({ email, device: "laptop" });
  const phone = new Devices({ ...steady, token: () => token }).register({ email, device: "phone" });
  await Promise.all([laptop.ready, phone.ready]);
  const heard: DeviceMessage[] = [];
  phone.on("message", (message) => heard.push(message));
  const way = laptop.signaling({ email, device: "phone" });
  let again = 0;
  way.on("restored", () => again++);
  const lost = next(laptop, "lost");
  line.cut();
  await lost;
  const signal: PeerSignal = { description: { type: "offer", sdp: "late" } };
  way.send(signal);
  await next(laptop, "registered");
  await eventually("what waited has arrived", () => heard.length === 1);
  expect(heard).toEqual([
    { event: "sdp_offer", from: { email, device: "laptop" }, payload: { type: "offer", sdp: "late" } },
  ]);
  expect(again).toBe(1);
  laptop.close();
  phone.close();
});

test("whoever publishes over a line that breaks loses no frame, and no viewer sees one twice", async () => {
  const arena = new Arena(steady);
  const [{ match_id: matchId }] = await Promise.all([
    arena.play({ connect_code: `A#${crypto.randomUUID()}` }),
    arena.play({ connect_code: `B#${crypto.randomUUID()}` }),
  ]);
  const publisher = new Arena(shaky).publish(matchId!, { stage_id: 2, players: [{ port: 1 }, { port: 2 }] });
  await publisher.ready;
  const [near, far] = [arena.watch(matchId!), new Arena(shaky).watch(matchId!)];
  const seen: Record<"near" | "far", MatchMessage[]> = { near: [], far: [] };
  near.on("message", (message) => seen.near.push(message));
  far.on("message", (message) => seen.far.push(message));
  await eventually("both watch", () => seen.near.length > 0 && seen.far.length > 0);

  let frame = -123;
  const publish = (count: number): void => {
    for (const end = frame + count; frame < end; frame++) publisher.frame({ frame, players: [{ port: 1, stocks: 4 }] });
  };
  publish(20);
  await eventually("the first are seen", () => framesOf(seen.near).length === 20);
  const back = [next(publisher, "connected"), next(far, "connected")];
  line.cut();
  publish(20);
  await Promise.all(back);
  publish(20);
  publisher.endGame({ game_number: 1, winner_port: 1, end_method: "stocks" });
  publisher.end({ winner_port: 1, final_score: [1, 0] });
  await Promise.all([near.closed, far.closed]);

  const all = Array.from({ length: 60 }, (_, at) => at - 123);
  expect(framesOf(seen.near)).toEqual(all);
  const ofFar = framesOf(seen.far);
  expect(ofFar).toEqual([...new Set(ofFar)].sort((a, b) => a - b));
  for (const messages of [seen.near, seen.far]) expect(messages.at(-1)?.type).toBe("match_end");
});

function framesOf(messages: readonly MatchMessage[]): number[] {
  return messages.flatMap((message) => (message.type === "frame" ? [message.frame] : []));
}
