import { expect, test } from "bun:test";
import { DomainError } from "../../core/errors/errors.ts";
import type { PeerLink } from "../../core/signaling/peer-link.ts";
import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Peer } from "../../core/signaling/rooms.ts";
import { noMeter } from "../../transport/limits/meter.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { RoomConnection } from "./events.ts";

/** A connection whose peer is seated when the test says so. */
function setUp(query = "roomId=r") {
  const clock = createVirtualClock();
  const told: string[] = [];
  const sent: string[] = [];
  const pings: string[] = [];
  let seat: (peer: Peer) => void;
  let refuse: (error: Error) => void;
  const peer: Peer = {
    id: "p1",
    send: ({ payload }) => void told.push(`send ${JSON.parse(payload).n}`),
    refuse: (code) => void told.push(`refuse ${code}`),
    confirm: (number) => void told.push(`confirm ${number}`),
    disconnected: (how) => void told.push(`disconnected ${how}`),
  };
  const enter = (_entry: unknown, _link: PeerLink): Promise<Peer> =>
    new Promise((seated, refused) => {
      told.push("enter");
      seat = seated;
      refuse = refused;
    });
  const connection = new RoomConnection({ enter } as unknown as RoomDirectory, new URLSearchParams(query), {
    clock,
    meter: noMeter,
    relayOnly: false,
  });
  const opening = connection.open({
    send: (text) => sent.push(text) > 0,
    sendAll: (texts) => sent.push(...texts) > 0,
    sendMarked: (text) => sent.push(text) > 0,
    ping: (mark) => void pings.push(mark),
    join: () => undefined,
    leave: () => undefined,
    tell: () => true,
    bound: () => undefined,
    buffered: 0,
    close: (code, reason) => void sent.push(`close ${code} ${reason}`),
  });
  // Of the rest a peer without a token need not know.
  if (!query.includes("resume")) told.length = 0;
  return {
    connection,
    clock,
    opening,
    told,
    answer: () => connection.pong(pings[0]!),
    sent,
    say: (n: number | string) => connection.text(JSON.stringify({ type: "offer", n })),
    async seated() {
      seat(peer);
      await opening;
    },
    async refused(error: Error) {
      refuse(error);
      await opening;
    },
  };
}

test("what comes before the peer is seated waits, in order", async () => {
  const { connection, told, say, seated } = setUp();
  say(1);
  connection.text("{");
  say(2);
  connection.binary();
  expect(told).toEqual([]);
  await seated();
  say(3);
  expect(told).toEqual(["send 1", "refuse bad_message", "send 2", "refuse bad_message", "send 3"]);
});

test("a connection that closes before the peer is seated is given up behind what it sent", async () => {
  const { connection, told, say, seated, answer } = setUp();
  answer();
  say(1);
  connection.closed(1006);
  await seated();
  expect(told).toEqual(["send 1", "disconnected lost"]);
});

test("too many frames before the welcome close the connection, and none behind a gap is heard", async () => {
  const { connection, told, sent, say, seated } = setUp();
  for (let n = 0; n < 64; n++) say(n);
  expect(sent).toEqual([]);
  say(64);
  say(65);
  expect(sent).toEqual(["close 1013 too much sent before the welcome"]);
  connection.closed(1013);
  await seated();
  expect(told).toEqual([...Array.from({ length: 64 }, (_, n) => `send ${n}`), "disconnected closed"]);
});

test("so do too many characters", () => {
  const { sent, say } = setUp();
  for (let n = 0; n < 20; n++) say("x".repeat(60_000));
  expect(sent).toEqual(["close 1013 too much sent before the welcome"]);
});

test("a peer whose room is out of reach is told so and to try again later", async () => {
  const { connection, sent, say, refused, told } = setUp();
  say(1);
  await refused(new DomainError("room_unreachable"));
  expect(JSON.parse(sent[0]!)).toMatchObject({ type: "error", code: "room_unreachable" });
  expect(sent[1]).toBe("close 1013 try again later");
  say(2);
  connection.closed(1013);
  expect(told).toEqual([]);
});

test("a token counts once its peer has answered a ping", async () => {
  const { told, say, seated, answer, connection } = setUp("roomId=r&resume=t");
  say(1);
  expect(told).toEqual([]);
  answer();
  await Promise.resolve();
  expect(told).toEqual(["enter"]);
  await seated();
  connection.closed(1006);
  expect(told).toEqual(["enter", "send 1", "disconnected lost"]);
});

test("a token whose peer has hung up meanwhile counts for nothing", async () => {
  const { told, connection, opening, clock } = setUp("roomId=r&resume=t");
  connection.closed(1006);
  await opening;
  await clock.advance(60_000);
  expect(told).toEqual([]);
});

test("a peer that answers no pings is believed when its connection stays open", async () => {
  const { told, seated, clock, connection } = setUp("roomId=r&resume=t");
  await clock.advance(500);
  expect(told).toEqual(["enter"]);
  await seated();
  connection.closed(1006);
  expect(told).toEqual(["enter", "disconnected lost"]);
});

test("a newcomer that was never heard of is not waited for", async () => {
  const { told, connection, seated } = setUp();
  await seated();
  connection.closed(1006);
  expect(told).toEqual(["disconnected closed"]);
});
