import { beforeEach, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryHomes } from "../../adapters/memory/homes.ts";
import { Standstill } from "../cluster/standstill.ts";
import { NodeLine } from "./node-line.ts";
import { RoomHomes } from "./room-homes.ts";
import { readParcel, type RoomEvent } from "./room-parcel.ts";
import { RoomVisits } from "./room-visits.ts";
import { createRooms } from "./rooms.ts";

let clock: VirtualClock;
let visits: RoomVisits;
/** What the gateway was told. */
let told: RoomEvent[];

beforeEach(() => {
  clock = createVirtualClock();
  told = [];
  let ids = 0;
  const rooms = createRooms({
    clock,
    random: { uuid: () => `p${++ids}`, token: () => `t${ids}`, unit: () => 0 },
    capacity: 2,
    resumeMs: 30_000,
    iceServersFor: () => [],
    onOccupancy: () => undefined,
  });
  const failed = (error: unknown): void => {
    throw error;
  };
  const line = new NodeLine({
    clock,
    ask: async (body) => told.push(...readParcel(body)),
    broken: failed,
  });
  visits = new RoomVisits({
    node: "me",
    rooms,
    homes: new RoomHomes({
      node: "me",
      homes: createMemoryHomes(clock),
      isEmpty: (room) => rooms.occupancy(room) === 0,
      onLost: () => undefined,
      failed,
    }),
    standstill: new Standstill(clock, async () => undefined, failed),
    lineTo: () => line,
    failed,
  });
});

async function hear(event: Parameters<RoomVisits["hear"]>[1]): Promise<readonly RoomEvent[]> {
  told = [];
  visits.hear("gateway", event);
  await clock.advance(0);
  return told;
}

const send = (conn: number) => hear({ type: "send", conn, farewell: false, payload: "x" });

test("whoever talks to a seat that is not there hears so, whatever it says", async () => {
  const end = [{ type: "end", conn: 7, why: "moved" }];
  expect(await send(7)).toEqual(end as RoomEvent[]);
  expect(await hear({ type: "confirm", conn: 7, number: 1 })).toEqual(end as RoomEvent[]);
  expect(await hear({ type: "connected", conns: [7] })).toEqual(end as RoomEvent[]);
  expect(await hear({ type: "gone", conn: 7, how: "lost" })).toEqual([]);
});

test("a connection that has ended before it was seated takes no seat", async () => {
  visits.hear("gateway", { type: "enter", conn: 1, room: "r" });
  expect(await hear({ type: "gone", conn: 1, how: "closed" })).toEqual([]);
  await hear({ type: "enter", conn: 2, room: "r" });
  expect(told).toMatchObject([{ type: "welcome", welcome: { peers: [] } }, { type: "seated" }]);
});

test("what a peer sends goes on, and a refusal comes back as one of its notices", async () => {
  await hear({ type: "enter", conn: 1, room: "r" });
  expect(await send(1)).toMatchObject([
    { type: "notice", number: 1, notice: { type: "refused", code: "peer_not_found" } },
  ]);
  await hear({ type: "enter", conn: 2, room: "r" });
  expect(told).toContainEqual({ type: "notice", conn: 1, number: 2, notice: { type: "joined", peerId: "p2" } });
  expect(await send(2)).toEqual([{ type: "signal", conn: 1, number: 3, payload: "x" }]);
});

test("a gateway is told which of its connections have a seat here", async () => {
  await hear({ type: "enter", conn: 1, room: "r" });
  told = [];
  visits.compare();
  await clock.advance(0);
  expect(told).toEqual([{ type: "seats", conns: [1] }]);
});
