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

/** A match of two, whose publisher is connected over the line that breaks. */
async function startPublishing() {
  const arena = new Arena(steady);
  const [{ match_id: matchId }] = await Promise.all([
    arena.play({ connect_code: `A#${crypto.randomUUID()}` }),
    arena.play({ connect_code: `B#${crypto.randomUUID()}` }),
  ]);
  const publisher = new Arena(shaky).publish(matchId!, { stage_id: 2, players: [{ port: 1 }, { port: 2 }] });
  await publisher.ready;
  return { arena, matchId: matchId!, publisher };
}

test("whoever publishes over a line that breaks loses no frame, and no viewer sees one twice", async () => {
  const { arena, matchId, publisher } = await startPublishing();
  const [near, far] = [arena.watch(matchId), new Arena(shaky).watch(matchId)];
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

test("what was published while the line was down comes to its own game, in messages that are not too heavy", async () => {
  const { arena, matchId, publisher } = await startPublishing();
  const publish = (from: number, to: number): void => {
    for (let frame = from; frame < to; frame++) publisher.frame({ frame, players: [1, 2, 3, 4].map(aBusyPlayer) });
  };
  const lost = next(publisher, "lost");
  line.cut();
  await lost;
  publish(-123, 300);
  publisher.endGame({ game_number: 1, winner_port: 1, end_method: "stocks" });
  publish(-123, -100);
  await next(publisher, "connected");
  publisher.end();
  const replay = await eventually("the replay is whole", async () => {
    const found = await arena.replay(matchId);
    return found?.is_complete === true ? found : null;
  });
  const numbers = replay.games.map(({ frames }) => frames.map(({ frame }) => frame));
  expect(numbers.map((all) => [all[0], all.at(-1), all.length])).toEqual([
    [-123, 299, 423],
    [-123, -101, 23],
  ]);
});

function aBusyPlayer(port: number) {
  const where = { x: -20.512345678901234, y: 13.312345678901234, action_state_id: 341, action_frame: 12.25 };
  const state = { facing_direction: -1, percent: 145.62345678, shield_health: 59.98123456 };
  return { port, ...where, ...state, stocks: 4, is_invincible: false, is_in_hitstun: false };
}

test("what lay in a mailbox is told once, whoever it is from, however often the line breaks", async () => {
  const { id: sessionId, hostId } = await openSession(server.url);
  const coordinator = new Coordinator(steady);
  await coordinator.postOffer({ session_id: sessionId, peer_id: "poster", to_peer_id: hostId, sdp: "posted" });
  const player = coordinator.listen({ sessionId, peerId: "player" });
  await player.ready;
  player.send({ type: "offer", sdp: "sent" }, hostId);
  await eventually("it lies there", () =>
    coordinator.offer(sessionId, { peer_id: hostId }).then(({ sdp }) => sdp === "sent"),
  );
  const host = new Coordinator(shaky).listen({ sessionId, peerId: hostId });
  const heard: unknown[] = [];
  host.on("message", (message) => heard.push("sdp" in message && message.sdp));
  await host.ready;
  for (const sdp of ["after one loss", "after another"]) {
    const lost = next(host, "lost");
    line.cut();
    await lost;
    player.send({ type: "offer", sdp }, hostId);
    await eventually("it has arrived", () => heard.at(-1) === sdp);
  }
  expect(heard).toEqual(["posted", "sent", "after one loss", "after another"]);
  // Nobody says it again for those who were not ready yet.
  const signals: PeerSignal[] = [];
  host.signaling("poster").on("signal", (signal) => signals.push(signal));
  expect(signals).toEqual([{ description: { type: "offer", sdp: "posted" } }]);
  host.close();
  player.close();
});

test("a peer that began before there was a way to it is heard from its newest offer on", async () => {
  const roomId = crypto.randomUUID();
  const [host, player] = [new Rooms(steady).join(roomId), new Rooms(steady).join(roomId)];
  await Promise.all([host.ready, player.ready]);
  let heard = 0;
  host.on("message", () => heard++);
  const candidate = { candidate: "one" };
  player.send({ type: "offer", sdp: "old" }, host.peerId!);
  player.send({ type: "offer", sdp: "new" }, host.peerId!);
  player.send({ type: "ice-candidate", candidate }, host.peerId!);
  await eventually("all has arrived", () => heard === 3);
  const signals: PeerSignal[] = [];
  (await host.meet()).on("signal", (signal) => signals.push(signal));
  expect(signals).toEqual([{ description: { type: "offer", sdp: "new" } }, { candidate }]);
  host.leave();
  player.leave();
});

test("whoever waits in the queue goes on waiting when the line breaks", async () => {
  const { queue_id } = await new Arena(steady).join({ connect_code: `A#${crypto.randomUUID()}` });
  let streams = 0;
  const fetching = (input: URL, init: RequestInit): Promise<Response> => {
    if (input.pathname.endsWith("/events")) streams++;
    return fetch(input, init);
  };
  const waited = new Arena({ ...shaky, fetch: fetching }).wait(queue_id);
  for (let cuts = 1; cuts <= 2; cuts++) {
    await eventually("it listens", () => streams === cuts);
    // The head of the answer may still be on its way.
    await new Promise((resume) => setTimeout(resume, 50));
    line.cut();
  }
  await eventually("it listens again", () => streams === 3);
  await new Arena(steady).leave(queue_id);
  expect((await waited).status).toBe("cancelled");
});

test("a token that cannot be had just now keeps no socket from coming back", async () => {
  let tokens = 0;
  const token = (): string => {
    if (tokens++ === 1) throw new TypeError("Failed to fetch");
    return jwt(20);
  };
  const room = new Rooms({ ...shaky, token }).join(crypto.randomUUID());
  await room.ready;
  const resumed = next(room, "resumed");
  line.cut();
  await resumed;
  room.leave();
});

/** Ends so soon that it is asked for anew each time. */
function jwt(seconds: number): string {
  return `e30.${btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + seconds }))}.sig`;
}

test("what is closed keeps nobody waiting", async () => {
  const room = new Rooms(steady).join(crypto.randomUUID());
  await room.ready;
  room.leave();
  await expect(room.meet()).rejects.toThrow("left");

  const accounts = new Accounts(steady);
  const { email, token } = await accounts.signUp({
    email: `${crypto.randomUUID()}@example.com`,
    password: "a good one",
  });
  const devices = new Devices({ ...steady, token: () => token });
  const [laptop, phone] = [devices.register({ email, device: "laptop" }), devices.register({ email, device: "phone" })];
  await Promise.all([laptop.ready, phone.ready]);
  const rings = next(phone, "call");
  const called = laptop.call({ email, device: "phone" });
  await rings;
  laptop.close();
  await expect(called).rejects.toThrow("closed");
  phone.close();
});

function framesOf(messages: readonly MatchMessage[]): number[] {
  return messages.flatMap((message) => (message.type === "frame" ? [message.frame] : []));
}
